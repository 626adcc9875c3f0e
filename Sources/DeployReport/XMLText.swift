import DeployModel

/// Text and times in the form of JUnit's XML.
enum XMLText {
  /// Escapes a text for XML. Characters that XML does not allow become U+FFFD.
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\n": out += "&#10;"
      case "\t": out += "&#9;"
      case let other where other.value < 32 || (0xFFFE...0xFFFF).contains(other.value): out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// Returns a time in seconds, such as `12.034`.
  static func seconds(_ interval: Interval) -> String {
    let thousandths = String(interval.milliseconds % 1000 + 1000).dropFirst()
    return "\(interval.milliseconds / 1000).\(thousandths)"
  }
}
