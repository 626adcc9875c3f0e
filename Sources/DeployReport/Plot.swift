/// A bar chart that compares rows. Each row has a usual value and a largest value.
package struct Plot: Sendable, Hashable {
  package struct Row: Sendable, Hashable {
    package var name: String
    /// The usual value, or nil if there is nothing to show.
    package var usual: Double?
    /// The largest value, or nil if only the usual value is shown.
    package var most: Double?
    /// Both values with their unit, for people.
    package var label: String
    package var tone: Document.Tone
    package init(_ name: String, usual: Double?, most: Double? = nil, label: String, tone: Document.Tone = .plain) {
      (self.name, self.usual, self.most, self.label, self.tone) = (name, usual, most, label, tone)
    }
  }

  /// What is compared, in a few words.
  package var title: String
  package var rows: [Row]
  /// The value whose bar takes up the whole width, or nil for the largest value of the rows.
  package var whole: Double?

  package init(_ title: String, whole: Double? = nil, rows: [Row]) {
    (self.title, self.whole, self.rows) = (title, whole, rows)
  }

  /// The value whose bar takes up the whole width. This is `whole`, or a larger value if a row has one.
  var scale: Double { max(whole ?? 0, rows.flatMap { [$0.usual ?? 0, $0.most ?? 0] }.max() ?? 0) }

  /// Returns the lines for a terminal, with `=` up to the usual value, and `-` from there to the largest value.
  func lines(on surface: Surface) -> [String] {
    let width = 40
    let rows = rows.map { row -> [String] in
      let (usual, most) = (part(row.usual, of: width), part(row.most, of: width))
      let bar = String(repeating: "=", count: usual) + String(repeating: "-", count: max(0, most - usual))
      return [SafeText.line(row.name), bar.padded(to: width), row.label]
    }
    return ["  " + SafeText.line(title)] + Table([], rows: rows).lines(on: surface, indent: 4)
  }

  /// Returns how much of a width a number takes up. The result is at least 1 if the number is above zero, and 0 if it is nil.
  func part(_ number: Double?, of width: Int) -> Int {
    guard let number, number > 0, scale > 0 else { return 0 }
    return max(1, Int((Double(width) * number / scale).rounded()))
  }
}
