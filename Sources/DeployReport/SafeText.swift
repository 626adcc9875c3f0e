/// Makes text from hosts safe to print, so that nothing in it can move a cursor, set a title or command a CI system.
package enum SafeText {
  /// Returns the text as one safe line. Control characters become caret notation. Characters that are invisible or change the direction of
  /// writing become numbers. A space is inserted to break each command of a CI system.
  package static func line(_ text: some StringProtocol) -> String {
    var safe = ""
    safe.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09: safe += "  "
      case 0x0A, 0x0D: safe += " "
      case 0x00..<0x20: safe += "^" + String(Character(UnicodeScalar(UInt8(scalar.value) + 0x40)))
      case 0x7F: safe += "^?"
      case _ where isHidden(scalar):
        safe += "<U+" + String(scalar.value, radix: 16, uppercase: true) + ">"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return disarmed(safe)
  }

  /// Whether a character is invisible and changes how the text around it reads. Such characters are C1 controls, marks and overrides of
  /// direction, zero-width spaces, and tag characters. The joiners within emoji and Indic scripts, U+200C and U+200D, are harmless.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x80..<0xA0, 0xAD, 0x034F, 0x061C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180E, 0x200B, 0x200E...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF9...0xFFFB, 0x1D173...0x1D17A, 0xE0000...0xE007F:
      true
    default: false
    }
  }

  /// Returns the lines of a text, each made harmless. After a carriage return, the overwritten part of a line is left out, as on a
  /// terminal. Colours are left out too, because they hide nothing, and in caret notation they would make a line hard to read.
  package static func lines(_ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    var parts = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    if parts.last?.isEmpty == true { parts.removeLast() }
    return parts.map { part in line(withoutColours(part.split(separator: "\r").last ?? part)) }
  }

  /// Removes the sequences that only set colours and weights. They consist of `ESC [`, numbers and `m`.
  private static func withoutColours(_ text: Substring) -> Substring {
    guard text.utf8.contains(0x1B) else { return text }
    var kept: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      let inner = rest.dropFirst(2).prefix { (0x30...0x3B).contains($0) }
      if rest.starts(with: [0x1B, 0x5B]), rest.dropFirst(2 + inner.count).first == UInt8(ascii: "m") {
        rest = rest.dropFirst(3 + inner.count)
      } else {
        kept.append(first)
        rest = rest.dropFirst()
      }
    }
    return Substring(String(decoding: kept, as: UTF8.self))
  }

  /// Returns a line of a report without the styles of a terminal.
  package static func plain(_ line: String) -> String {
    guard line.utf8.contains(0x1B) else { return line }
    var plain = ""
    var isStyle = false
    for scalar in line.unicodeScalars {
      if scalar.value == 0x1B { isStyle = true }
      if !isStyle { plain.unicodeScalars.append(scalar) }
      if scalar == "m" { isStyle = false }
    }
    return plain
  }

  /// Returns the last lines of a text, each cut to at most `width` characters.
  package static func tail(_ text: String, lines count: Int, width: Int = 400) -> [String] {
    lines(String(text.suffix(count * (width + 100)))).suffix(count).map {
      $0.count > width ? $0.prefix(width - 1) + "…" : $0
    }
  }

  /// Breaks text that GitHub, Azure and TeamCity would take for a command: `##[…` and `##vso[…` anywhere, and `::error…` at the start of a
  /// line. GitHub's runner cuts off Unicode white space before `::`, so such white space counts as the start of the line.
  private static func disarmed(_ line: String) -> String {
    let scalars = line.unicodeScalars
    let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
    let isCommand = scalars[start...].starts(with: "::".unicodeScalars)
    guard isCommand || line.utf8.contains(UInt8(ascii: "#")) else { return line }
    var line = line
    if isCommand { line.unicodeScalars.insert(" ", at: scalars.index(after: start)) }
    for opening in ["##[", "##vso[", "##teamcity["] where line.contains(opening) {
      line = line.replacing(opening, with: "# " + opening.dropFirst())
    }
    return line
  }
}
