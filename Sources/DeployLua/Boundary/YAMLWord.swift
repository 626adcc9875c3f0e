import DeployModel

/// A value of YAML without quotes, by the core schema of YAML 1.2 (section 10.3.2).
enum YAMLWord {
  /// A value that readers of YAML 1.1 and of YAML 1.2 read differently. A wrong guess would show up in production.
  struct Ambiguity: Error {
    var message: String
    var fix: String
  }

  /// The value as JSON; nil if it is a text.
  static func json(of word: String) throws(Ambiguity) -> String? {
    switch word {
    case "", "~", "null", "Null", "NULL": return "null"
    case "true", "True", "TRUE": return "true"
    case "false", "False", "FALSE": return "false"
    case ".inf", ".Inf", ".INF", "+.inf", "-.inf", ".nan", ".NaN", ".NAN":
      throw Ambiguity(message: "\(word) is a number that JSON does not have", fix: "write a finite number, or quotes: \"\(word)\"")
    default: break
    }
    if let truth = oldTruths[word.lowercased()] {
      throw Ambiguity(
        message: "\(word) is \(truth) in YAML 1.1 and a text in YAML 1.2", fix: "write \(truth), or quotes: \"\(word)\"")
    }
    return try number(word)
  }

  private static let oldTruths = ["yes": "true", "on": "true", "no": "false", "off": "false"]

  private static func number(_ word: String) throws(Ambiguity) -> String? {
    let digits = word.first == "-" || word.first == "+" ? word.dropFirst() : Substring(word)
    guard let first = digits.utf8.first, (0x30...0x39).contains(first) || first == 0x2e else { return nil }
    if word.hasPrefix("0x") { return whole(word.dropFirst(2), 16) }
    if word.hasPrefix("0o") { return whole(word.dropFirst(2), 8) }
    guard let value = Double(digits), digits.utf8.allSatisfy(isDecimal) else { return nil }
    guard !digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      guard first != 0x30 || digits.utf8.count == 1 else {
        throw Ambiguity(
          message: "\(word) is an octal number in YAML 1.1 and a decimal one in YAML 1.2",
          fix: "write 0o\(digits.drop { $0 == "0" }), or quotes: \"\(word)\"")
      }
      return (word.first == "-" ? "-" : "") + digits
    }
    guard value.isFinite else { throw Ambiguity(message: "\(word) is too large for a number", fix: "write quotes: \"\(word)\"") }
    return "\(word.first == "-" ? -value : value)"
  }

  private static func whole(_ digits: Substring, _ radix: Int) -> String? {
    guard let first = digits.utf8.first, first != 0x2b, first != 0x2d else { return nil }
    return Int(digits, radix: radix).map(String.init)
  }

  /// Digits, a point, or what an exponent has: `Double` reads more than YAML does.
  private static func isDecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2e, 0x2b, 0x2d, 0x45, 0x65].contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) }

  /// Whether a text can stand without quotes and be read as that text by YAML 1.1 and 1.2; false if in doubt.
  static func isPlainText(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) || first == 0x2f else { return false }
    guard text.utf8.allSatisfy({ isLetter($0) || (0x2d...0x39).contains($0) || $0 == 0x5f }) else { return false }
    return !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
  }
}
