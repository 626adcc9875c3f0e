/// A token of Lua source, as far as the reviews need it.
struct Token: Hashable {
  enum Kind { case name, text, number, sign }
  var kind: Kind
  /// The token as it is written. For a quoted string, it is the part between the quotes, with escapes unchanged.
  var text: Substring
  var line: Int
}

/// Splits Lua source into tokens. Comments and white space are left out. A part that cannot be read becomes a single sign.
struct Tokenizer {
  // The source is split by scalars, similar to Lua, which splits by bytes. So a combining mark after a quote belongs to the string rather
  // than to the quote.
  private var rest: Substring.UnicodeScalarView
  private var line = 1

  static func tokens(of text: String) -> [Token] {
    var tokenizer = Tokenizer(rest: text[...].unicodeScalars)
    var tokens: [Token] = []
    while let token = tokenizer.next() { tokens.append(token) }
    return tokens
  }

  private init(rest: Substring.UnicodeScalarView) { self.rest = rest }

  private mutating func take(until end: Substring.UnicodeScalarView.Index) -> Substring {
    let part = rest[..<end]
    rest = rest[end...]
    line += part.count { $0 == "\n" }
    return Substring(part)
  }

  @discardableResult
  private mutating func take(_ count: Int) -> Substring {
    take(until: rest.index(rest.startIndex, offsetBy: count, limitedBy: rest.endIndex) ?? rest.endIndex)
  }

  @discardableResult
  private mutating func take(while fits: (Unicode.Scalar) -> Bool) -> Substring {
    take(until: rest.firstIndex { !fits($0) } ?? rest.endIndex)
  }

  private func begins(with sign: String) -> Bool { rest.starts(with: sign.unicodeScalars) }

  private static let points: Set<Unicode.Scalar> = ["."]
  private static let powerSigns: Set<Unicode.Scalar> = ["+", "-"]
  private static let powers: Set<Unicode.Scalar> = ["e", "E"]
  private static let hexadecimalPowers: Set<Unicode.Scalar> = ["p", "P"]
  private static let digits: ClosedRange<Unicode.Scalar> = "0"..."9"

  private static func isDigit(_ one: Unicode.Scalar) -> Bool { digits.contains(one) }
  private static func isLetter(_ one: Unicode.Scalar) -> Bool { one == "_" || one.properties.isAlphabetic }
  private static func isNewline(_ one: Unicode.Scalar) -> Bool { one == "\n" || one == "\r" }
  private static func isSpace(_ one: Unicode.Scalar) -> Bool { one.properties.isWhitespace }

  private mutating func next() -> Token? {
    while let first = rest.first {
      if Self.isSpace(first) {
        take(while: Self.isSpace)
      } else if begins(with: "--") {
        take(2)
        if longBracket() == nil { take { !Self.isNewline($0) } }
      } else {
        break
      }
    }
    guard let first = rest.first else { return nil }
    let start = line
    if Self.isLetter(first) { return Token(kind: .name, text: take { Self.isLetter($0) || Self.isDigit($0) }, line: start) }
    let second = rest.dropFirst().first
    let isFraction = Self.points.contains(first) && second.map(Self.isDigit) == true
    if Self.isDigit(first) || isFraction {
      return Token(kind: .number, text: number(), line: start)
    }
    if first == "\"" || first == "'" { return Token(kind: .text, text: quoted(first), line: start) }
    if first == "[", let text = longBracket() { return Token(kind: .text, text: text, line: start) }
    for sign in ["...", "..", "==", "~=", "<=", ">=", "::", "//", "<<", ">>"] where begins(with: sign) {
      return Token(kind: .sign, text: take(sign.count), line: start)
    }
    return Token(kind: .sign, text: take(1), line: start)
  }

  /// Takes a number, such as `12`, `.5`, `1e-3`, `0x1F90` or `0x1p-2`.
  private mutating func number() -> Substring {
    let isHexadecimal = begins(with: "0x") || begins(with: "0X")
    let power = isHexadecimal ? Self.hexadecimalPowers : Self.powers
    var before: Unicode.Scalar = " "
    return take { one in
      defer { before = one }
      if Self.isLetter(one) || Self.isDigit(one) { return true }
      return Self.points.contains(one) || Self.powerSigns.contains(one) && power.contains(before)
    }
  }

  private mutating func quoted(_ quote: Unicode.Scalar) -> Substring {
    take(1)
    var index = rest.startIndex
    while index < rest.endIndex, rest[index] != quote, !Self.isNewline(rest[index]) {
      if rest[index] == "\\", rest.index(after: index) < rest.endIndex { index = escaped(rest.index(after: index)) }
      index = rest.index(after: index)
    }
    let text = take(until: min(index, rest.endIndex))
    take(1)
    return text
  }

  /// Returns the index of the last scalar that belongs to the backslash before an index. A line break can be two scalars, and `\z` includes
  /// white space.
  private func escaped(_ index: Substring.UnicodeScalarView.Index) -> Substring.UnicodeScalarView.Index {
    var last = index
    while true {
      let next = rest.index(after: last)
      guard next < rest.endIndex else { return last }
      let isPair = last == index && rest[index...next].elementsEqual("\r\n".unicodeScalars)
      let isSkipped = rest[index] == "z" && Self.isSpace(rest[next])
      guard isPair || isSkipped else { return last }
      last = next
    }
  }

  /// Takes a string in long brackets, `[[ … ]]` or `[==[ … ]==]`. As in Lua, a line break right after the opening bracket does not count.
  /// Returns nil if there is no such string. Nothing is taken in that case.
  private mutating func longBracket() -> Substring? {
    guard rest.first == "[" else { return nil }
    let level = rest.dropFirst().prefix { $0 == "=" }.count
    guard rest.dropFirst(level + 1).first == "[" else { return nil }
    take(level + 2)
    if begins(with: "\r\n") { take(2) } else if rest.first.map(Self.isNewline) == true { take(1) }
    let end = "]" + String(repeating: "=", count: level) + "]"
    var index = rest.startIndex
    while index < rest.endIndex, !rest[index...].starts(with: end.unicodeScalars) { index = rest.index(after: index) }
    let text = take(until: index)
    take(end.count)
    return text
  }
}
