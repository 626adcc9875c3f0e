/// Bars that are compared: for each row what is usual, and what it comes to at most.
package struct Plot: Sendable, Hashable {
  package struct Row: Sendable, Hashable {
    package var name: String
    /// Nil: there is nothing to show.
    package var usual: Double?
    /// Nil: there is nothing more to show than what is usual.
    package var most: Double?
    /// Both, with their unit, for people.
    package var label: String
    package var tone: Document.Tone
    package init(_ name: String, usual: Double?, most: Double? = nil, label: String, tone: Document.Tone = .plain) {
      (self.name, self.usual, self.most, self.label, self.tone) = (name, usual, most, label, tone)
    }
  }

  /// What is compared, in a few words.
  package var title: String
  package var rows: [Row]
  /// What the whole width stands for; nil: the longest bar has all of it.
  package var whole: Double?

  package init(_ title: String, whole: Double? = nil, rows: [Row]) {
    (self.title, self.whole, self.rows) = (title, whole, rows)
  }

  /// What the whole width stands for.
  var scale: Double { max(whole ?? 0, rows.flatMap { [$0.usual ?? 0, $0.most ?? 0] }.max() ?? 0) }

  /// For a terminal: `=` as far as what is usual, and `-` as far as the most.
  func lines(on surface: Surface) -> [String] {
    let width = 40
    let rows = rows.map { row -> [String] in
      let (usual, most) = (part(row.usual, of: width), part(row.most, of: width))
      let bar = String(repeating: "=", count: usual) + String(repeating: "-", count: max(0, most - usual))
      return [SafeText.line(row.name), bar.padded(to: width), row.label]
    }
    return ["  " + SafeText.line(title)] + Table([], rows: rows).lines(on: surface, indent: 4)
  }

  /// How much of a width a number takes; something, if there is anything.
  func part(_ number: Double?, of width: Int) -> Int {
    guard let number, number > 0, scale > 0 else { return 0 }
    return max(1, Int((Double(width) * number / scale).rounded()))
  }
}
