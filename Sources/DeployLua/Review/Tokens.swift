/// A token of Lua text, as far as needed to look things up.
struct Token: Hashable {
  enum Kind { case name, text, number, sign }
  var kind: Kind
  /// Names and signs as written; for a quoted text, the part between the quotes, with escapes unchanged.
  var text: Substring
  var line: Int
}

/// Splits Lua text into tokens. Comments and white space are left out; an unreadable part is one sign.
struct Tokenizer {
  private var rest: Substring
  private var line = 1

  static func tokens(of text: String) -> [Token] {
    var tokenizer = Tokenizer(rest: text[...])
    var tokens: [Token] = []
    while let token = tokenizer.next() { tokens.append(token) }
    return tokens
  }

  private init(rest: Substring) { self.rest = rest }

  private mutating func take(_ count: Int) -> Substring {
    let part = rest.prefix(count)
    rest = rest.dropFirst(count)
    line += part.utf8.count { $0 == UInt8(ascii: "\n") }
    return part
  }

  private mutating func take(while fits: (Character) -> Bool) -> Substring { take(rest.prefix(while: fits).count) }

  private mutating func next() -> Token? {
    while let first = rest.first {
      if first.isWhitespace {
        _ = take(while: \.isWhitespace)
      } else if rest.hasPrefix("--") {
        _ = take(2)
        if longBracket() == nil { _ = take { !$0.isNewline } }
      } else {
        break
      }
    }
    guard let first = rest.first else { return nil }
    let start = line
    if first.isLetter || first == "_" { return Token(kind: .name, text: take { $0.isLetter || $0.isNumber || $0 == "_" }, line: start) }
    if first.isNumber { return Token(kind: .number, text: take { $0.isLetter || $0.isNumber || $0 == "." }, line: start) }
    if first == "\"" || first == "'" { return Token(kind: .text, text: quoted(first), line: start) }
    if first == "[", let text = longBracket() { return Token(kind: .text, text: text, line: start) }
    for sign in ["...", "..", "==", "~=", "<=", ">=", "::", "//"] where rest.hasPrefix(sign) {
      return Token(kind: .sign, text: take(sign.count), line: start)
    }
    return Token(kind: .sign, text: take(1), line: start)
  }

  private mutating func quoted(_ quote: Character) -> Substring {
    _ = take(1)
    var index = rest.startIndex
    while index < rest.endIndex, rest[index] != quote, !rest[index].isNewline {
      if rest[index] == "\\", rest.index(after: index) < rest.endIndex { index = rest.index(after: index) }
      index = rest.index(after: index)
    }
    let text = take(rest.distance(from: rest.startIndex, to: index))
    _ = take(1)
    return text
  }

  /// `[[ … ]]` and `[==[ … ]==]`; nil, and nothing taken, if there is none.
  private mutating func longBracket() -> Substring? {
    guard rest.first == "[" else { return nil }
    let level = rest.dropFirst().prefix { $0 == "=" }.count
    guard rest.dropFirst(level + 1).first == "[" else { return nil }
    _ = take(level + 2)
    let end = "]" + String(repeating: "=", count: level) + "]"
    var index = rest.startIndex
    while index < rest.endIndex, !rest[index...].hasPrefix(end) { index = rest.index(after: index) }
    let text = take(rest.distance(from: rest.startIndex, to: index))
    _ = take(end.count)
    return text
  }
}
