/// The first place where a text is not valid JSON (RFC 8259). Foundation's reader cannot be used for this, because it accepts more than
/// JSON, and does not say what is wrong and where.
struct JSONFlaw: Error, Hashable {
  /// The line of the text, counted from 1.
  var line: Int
  var words: String

  /// Returns the flaw, or nil if the text is JSON.
  static func first(in text: [UInt8]) -> JSONFlaw? {
    var scan = JSONScan(text)
    do throws(JSONFlaw) {
      try scan.whole()
      return nil
    } catch { return error }
  }
}

/// Reads a text once from its beginning to its end.
private struct JSONScan {
  private let text: [UInt8]
  private var at = 0
  /// The largest number of lists and objects that can be nested.
  private static let deepest = 200

  init(_ text: [UInt8]) { self.text = text }

  mutating func whole() throws(JSONFlaw) {
    if let line = text.split(separator: 10, omittingEmptySubsequences: false).firstIndex(where: { !Self.isUTF8($0) }) {
      throw JSONFlaw(line: line + 1, words: "it has bytes that are not UTF-8")
    }
    try value(0)
    skip()
    if at < text.count { throw flaw("there is more text after the end of the value") }
  }

  private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
  private var next: UInt8? { at < text.count ? text[at] : nil }
  private func flaw(_ words: String) -> JSONFlaw { JSONFlaw(line: 1 + text[..<min(at, text.count)].count { $0 == 10 }, words: words) }
  private mutating func skip() { while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { at += 1 } }

  private mutating func value(_ depth: Int) throws(JSONFlaw) {
    skip()
    switch next {
    case nil: throw flaw("it ends where a value was expected")
    case UInt8(ascii: "{")?, UInt8(ascii: "[")?: try members(depth + 1)
    case UInt8(ascii: "\"")?: try quoted()
    case UInt8(ascii: "'")?: throw flaw("a string needs double quotes, not single quotes")
    case UInt8(ascii: "/")?, UInt8(ascii: "#")?: throw flaw("JSON has no comments")
    default: try word()
    }
  }

  private mutating func members(_ depth: Int) throws(JSONFlaw) {
    if depth > Self.deepest { throw flaw("it is nested more than \(Self.deepest) deep") }
    let (isObject, close): (Bool, UInt8) = text[at] == UInt8(ascii: "{") ? (true, UInt8(ascii: "}")) : (false, UInt8(ascii: "]"))
    let sign = isObject ? "}" : "]"
    at += 1
    skip()
    while next != close {
      if isObject { try name() }
      try value(depth)
      skip()
      if next == close { break }
      guard next == UInt8(ascii: ",") else { throw flaw(next == nil ? "it ends before its \(sign)" : "a , or \(sign) was expected") }
      at += 1
      skip()
      if next == close { throw flaw("there is a comma before the \(sign)") }
    }
    at += 1
  }

  private mutating func name() throws(JSONFlaw) {
    guard next == UInt8(ascii: "\"") else { throw flaw("a name in double quotes was expected") }
    try quoted()
    skip()
    guard next == UInt8(ascii: ":") else { throw flaw("a : was expected after the name") }
    at += 1
  }

  private mutating func quoted() throws(JSONFlaw) {
    at += 1
    while let byte = next, byte != UInt8(ascii: "\"") {
      if byte < 0x20 { throw flaw("a string has a line feed or another control character: write \\n or \\u00…") }
      at += 1
      guard byte == UInt8(ascii: "\\") else { continue }
      let digits = next == UInt8(ascii: "u") ? 4 : 0
      guard let sign = next, "\"\\/bfnrtu".utf8.contains(sign),
        text[(at + 1)...].prefix(digits).count(where: { Character(Unicode.Scalar($0)).isHexDigit }) == digits
      else { throw flaw("a \\ is before a character that it cannot escape") }
      at += 1
      if digits > 0 { try escaped() }
    }
    if next == nil { throw flaw("a string has no closing quote") }
    at += 1
  }

  /// The digits of an escaped UTF-16 code unit. A character outside the first 65,536 needs two of them (RFC 8259, section 7).
  private mutating func escaped() throws(JSONFlaw) {
    let unit = unit(at: at)
    at += 4
    guard (0xD800...0xDFFF).contains(unit) else { return }
    guard unit < 0xDC00, text[at...].starts(with: "\\u".utf8), (0xDC00...0xDFFF).contains(self.unit(at: at + 2)) else {
      throw flaw("\\u\(String(unit, radix: 16)) is half of a character: the other half is missing")
    }
    at += 6
  }

  /// Returns the code unit that four digits stand for, or 0 if there are no four digits.
  private func unit(at index: Int) -> Int { Int(String(decoding: text[index...].prefix(4), as: UTF8.self), radix: 16) ?? 0 }

  /// A number, true, false or null.
  private mutating func word() throws(JSONFlaw) {
    let word = String(decoding: text[at...].prefix { !" \t\n\r,:]}[{\"".utf8.contains($0) }.prefix(400), as: UTF8.self)
    let number = #/-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/#
    guard ["true", "false", "null"].contains(word) || word.wholeMatch(of: number) != nil else {
      throw flaw(word.isEmpty ? "a value was expected" : "\(String(word.prefix(40))) is not a value, and a string needs double quotes")
    }
    if let double = Double(word), Int(word) == nil, !(abs(double) < 0x1p63) { throw flaw("\(word.prefix(40)) is out of range") }
    // Foundation's reader would take the fraction for a whole number, and change it.
    if let double = Double(word), Int(word) == nil, abs(double) >= 0x1p53, !word.contains(where: { "eE".contains($0) }) {
      throw flaw("\(word.prefix(40)) is a fraction with too many digits: leave out the part after the point")
    }
    at += word.utf8.count
  }
}
