import DeployModel

/// A YAML value without quotes, according to the core schema of YAML 1.2 (section 10.3.2).
enum YAMLWord {
  /// A value that readers of YAML 1.1 and of YAML 1.2 read differently. A wrong guess would not be noticed until production.
  struct Ambiguity: Error {
    var message: String
    var fix: String
  }

  /// Returns the value as JSON, or nil if it is a string.
  static func json(of word: String) throws(Ambiguity) -> String? {
    switch word {
    case "", "~", "null", "Null", "NULL": return "null"
    case "true", "True", "TRUE": return "true"
    case "false", "False", "FALSE": return "false"
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN":
      throw Ambiguity(message: "\(word) is a number that JSON does not have", fix: "write a finite number, or quotes: \"\(word)\"")
    default: break
    }
    if let truth = oldTruths[word.lowercased()] {
      throw Ambiguity(
        message: "\(word) is \(truth) in YAML 1.1 and a string in YAML 1.2", fix: "write \(truth), or quotes: \"\(word)\"")
    }
    if let number = try number(word) { return number }
    guard !isOldNumber(word) else {
      throw Ambiguity(message: "\(word) is a number in YAML 1.1 and a string in YAML 1.2", fix: "write quotes: \"\(word)\"")
    }
    return nil
  }

  /// Whether only readers of YAML 1.1 take a word for a number, such as 1_000, 0b11, or 22:22 (in base 60).
  private static func isOldNumber(_ word: String) -> Bool {
    let digits = word.first == "-" || word.first == "+" ? word.dropFirst() : Substring(word)
    guard let first = digits.utf8.first, isDigit(first) else { return false }
    if digits.hasPrefix("0b") { return digits.utf8.dropFirst(2).allSatisfy { $0 == 0x30 || $0 == 0x31 || $0 == 0x5f } && digits.count > 2 }
    if digits.hasPrefix("0x") { return digits.contains("_") && digits.utf8.dropFirst(2).allSatisfy { isHexadecimal($0) || $0 == 0x5f } }
    if digits.contains("_") { return digits.utf8.allSatisfy { isDecimal($0) || $0 == 0x5f } && Double(digits.filter { $0 != "_" }) != nil }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    // Such a number begins with 1 to 9, unless it has a fraction. So 05:30 and most hardware addresses are strings for every reader.
    return parts.count > 1 && first != 0x30 && parts[0].utf8.allSatisfy(isDigit)
      && parts.dropFirst().allSatisfy { (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy(isDigit) && (Int($0) ?? 60) < 60 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
  }

  private static let oldTruths = ["yes": "true", "on": "true", "no": "false", "off": "false"]

  private static func number(_ word: String) throws(Ambiguity) -> String? {
    let digits = word.first == "-" || word.first == "+" ? word.dropFirst() : Substring(word)
    guard let first = digits.utf8.first, (0x30...0x39).contains(first) || first == 0x2e else { return nil }
    if word.hasPrefix("0x") { return try whole(word, 16) }
    if word.hasPrefix("0o") { return try whole(word, 8) }
    guard let value = Double(digits), digits.utf8.allSatisfy(isDecimal) else { return nil }
    guard !digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      guard first != 0x30 || digits.utf8.count == 1 else { throw leadingZero(word, digits) }
      guard Int(word) != nil else { throw tooLarge(word) }
      return (word.first == "-" ? "-" : "") + digits
    }
    guard value.isFinite else { throw tooLarge(word) }
    return "\(word.first == "-" ? -value : value)"
  }

  private static func tooLarge(_ word: String) -> Ambiguity {
    Ambiguity(message: "\(word) is too large for a number", fix: "write quotes: \"\(word)\"")
  }

  private static func leadingZero(_ word: String, _ digits: Substring) -> Ambiguity {
    let plain = digits.drop { $0 == "0" }
    let sign = word.first == "-" ? "-" : ""
    guard !plain.isEmpty else { return Ambiguity(message: "\(word) is written in several ways", fix: "write 0, or quotes: \"\(word)\"") }
    guard digits.utf8.allSatisfy({ $0 < 0x38 }) else {
      return Ambiguity(
        message: "\(word) is a string in YAML 1.1 and a number in YAML 1.2", fix: "write \(sign)\(plain), or quotes: \"\(word)\"")
    }
    // YAML 1.2 has no octal numbers with a sign.
    let octal = sign.isEmpty ? "0o\(plain)" : "\(sign)\(Int(plain, radix: 8).map(String.init) ?? String(plain))"
    return Ambiguity(
      message: "\(word) is an octal number in YAML 1.1 and a decimal one in YAML 1.2", fix: "write \(octal), or quotes: \"\(word)\"")
  }

  /// Returns a number such as 0x1f, or nil if the word is not such a number.
  private static func whole(_ word: String, _ radix: Int) throws(Ambiguity) -> String? {
    let digits = word.dropFirst(2)
    guard !digits.isEmpty, digits.utf8.allSatisfy({ radix == 16 ? isHexadecimal($0) : (0x30...0x37).contains($0) }) else { return nil }
    guard let number = Int(digits, radix: radix) else { throw tooLarge(word) }
    return String(number)
  }

  /// Whether a byte is a digit, a point, or a part of an exponent. This is checked because `Double` accepts more than YAML does.
  private static func isDecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || [0x2e, 0x2b, 0x2d, 0x45, 0x65].contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) }

  /// Whether YAML 1.1 and 1.2 both read a string without quotes as that same string. It is false in case of doubt.
  static func isPlainText(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) || first == 0x2f else { return false }
    guard text.utf8.allSatisfy({ isLetter($0) || (0x2d...0x39).contains($0) || $0 == 0x5f }) else { return false }
    return !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
  }
}
