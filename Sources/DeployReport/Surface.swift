/// The target of the output: its width and height, and whether it has colour and can be redrawn.
package struct Surface: Sendable, Hashable {
  /// How progress is shown.
  package enum Mode: String, Sendable, Hashable, CaseIterable { case live, plain, quiet, ndjson }
  /// Columns; lines of a redrawn frame are cut to it.
  package var width: Int
  /// Rows of the terminal.
  package var height: Int
  package var colour: Bool
  /// A terminal that moves its cursor.
  package var terminal: Bool
  /// Seconds east of Greenwich, for times of day.
  package var zone: Int

  package init(
    width: Int = 100, height: Int = 24, colour: Bool = false, terminal: Bool = false, zone: Int = 0
  ) {
    self.width = max(20, min(width, 10_000))
    self.height = max(5, min(height, 10_000))
    self.colour = colour
    self.terminal = terminal
    self.zone = zone
  }

  /// From the environment and the kind of the descriptor. `NO_COLOR` wins, then `CLICOLOR_FORCE` or `FORCE_COLOR`, then a terminal that
  /// is not `dumb`. In CI nothing is redrawn.
  package init(
    isTerminal: Bool, columns: Int?, rows: Int?, zone: Int, environment: (String) -> String?
  ) {
    func given(_ name: String) -> Bool { environment(name).map { !$0.isEmpty } ?? false }
    func forced(_ name: String) -> Bool { given(name) && environment(name) != "0" }
    let dumb = environment("TERM") == "dumb" || !given("TERM")
    let colour =
      !given("NO_COLOR")
      && (forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") || isTerminal && !dumb)
    self.init(
      width: columns ?? environment("COLUMNS").flatMap { Int($0) } ?? 100, height: rows ?? 24,
      colour: colour,
      terminal: isTerminal && !dumb && !given("CI"), zone: zone)
  }

  package enum Style: Sendable { case good, bad, warn, dim, strong }

  /// The text in a style, if colour is on.
  package func paint(_ text: String, _ style: Style) -> String {
    guard colour, !text.isEmpty else { return text }
    let code =
      switch style {
      case .good: "32"
      case .bad: "31"
      case .warn: "33"
      case .dim: "2"
      case .strong: "1"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

extension String {
  /// Number of terminal columns. Escape sequences of our own styles do not count; East Asian wide characters and emoji count two.
  package var columns: Int {
    var count = 0
    var escaped = false
    for character in self {
      if character == "\u{1B}" {
        escaped = true
        continue
      }
      if escaped {
        if character == "m" { escaped = false }
        continue
      }
      count += character.isWide ? 2 : 1
    }
    return count
  }

  /// Filled with spaces to that many columns.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - columns))
  }

  /// Words in lines of at most this many columns, each after the margin; a longer word is on its own line.
  package func wrapped(to width: Int, margin: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if !line.isEmpty, (margin + line).columns + 1 + String(word).columns > width {
        lines.append(margin + line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [margin + line]
  }

  /// The same, but a wider word, such as an address, continues after a blank.
  func withWords(upTo width: Int) -> String {
    split(separator: " ", omittingEmptySubsequences: false).map { word in
      var (pieces, piece) = ([String](), "")
      for character in word {
        if (piece + String(character)).columns > width {
          pieces.append(piece)
          piece = ""
        }
        piece.append(character)
      }
      return (pieces + [piece]).joined(separator: " ")
    }.joined(separator: " ")
  }

  /// The line or, if it is wider, its words in several lines with the same indentation.
  package func folded(to width: Int) -> [String] {
    columns > width ? wrapped(to: width, margin: String(prefix { $0 == " " })) : [self]
  }

  /// At most this many columns; `…` replaces the end if it is longer. Styles inside survive.
  package func clipped(to width: Int) -> String {
    guard columns > width else { return self }
    var kept = ""
    var count = 0
    var escaped = false
    var styled = false
    for character in self {
      if character == "\u{1B}" {
        escaped = true
        styled = true
      }
      if escaped {
        kept.append(character)
        if character == "m" { escaped = false }
        continue
      }
      count += character.isWide ? 2 : 1
      if count > width - 1 { break }
      kept.append(character)
    }
    return kept + "…" + (styled ? "\u{1B}[0m" : "")
  }
}

extension Character {
  /// Whether a terminal takes two columns for it. An emoji does: one that always is, like ✅, and one
  /// that U+FE0F makes so, like the red heart.
  fileprivate var isWide: Bool {
    let scalars = unicodeScalars
    guard let first = scalars.first, first.value >= 0x1100 || scalars.count > 1 else { return false }
    if first.properties.isEmojiPresentation || scalars.contains(where: { $0.value == 0xFE0F }) { return true }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x1B2FF, 0x1F200...0x1F265, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
      return true
    default: return false
    }
  }
}
