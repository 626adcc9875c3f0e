/// The target of the output: its width and height, whether it has colour, and whether it can be redrawn.
package struct Surface: Sendable, Hashable {
  /// How progress is shown.
  package enum Mode: String, Sendable, Hashable, CaseIterable { case live, plain, quiet, ndjson }
  /// The number of columns. Lines of a redrawn frame are cut to it.
  package var width: Int
  /// The number of rows of the terminal.
  package var height: Int
  package var colour: Bool
  /// Whether the output is a terminal whose cursor can be moved.
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

  /// Derives these properties from the environment, and from whether the output is a terminal. `NO_COLOR` takes precedence over
  /// `CLICOLOR_FORCE` and `FORCE_COLOR`. If none of them is set, a terminal has colour unless it is `dumb`. In CI, nothing is redrawn.
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

  /// Returns the text in a style if the surface has colour. Otherwise, returns the text itself.
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
  /// The number of terminal columns that the text takes up. Escape sequences of Lander's own styles count as 0. East Asian wide characters
  /// and emoji count as 2.
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

  /// Returns the text with spaces added until it has this many columns.
  package func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - columns))
  }

  /// Returns the words in lines of at most this many columns, each line after the margin. A longer word gets a line of its own.
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

  /// Inserts spaces into words that have more than this many columns, such as addresses.
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

  /// Returns the line itself or, if it is too wide, its words in several lines with the same indentation.
  package func folded(to width: Int) -> [String] {
    columns > width ? wrapped(to: width, margin: String(prefix { $0 == " " })) : [self]
  }

  /// Cuts the text to this many columns. If the text is longer, `…` replaces its end. The text keeps its styles.
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
  /// Whether a terminal uses two columns for the character. It does for characters that are always emoji, like ✅, and for characters that
  /// U+FE0F turns into emoji, like the red heart.
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
