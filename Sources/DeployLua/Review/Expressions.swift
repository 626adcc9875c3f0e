/// Finds where parts of an expression end, in the tokens of a source that compiles.
struct Expressions {
  let tokens: [Token]

  /// Words that are no names.
  static let keywords: Set<Substring> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat",
    "return", "then", "true", "until", "while",
  ]
  /// Words behind which a value or a name follows, and no statement.
  private static let joining: Set<Substring> = [
    "and", "elseif", "for", "function", "goto", "if", "in", "local", "not", "or", "return", "until", "while",
  ]
  private static let binary: Set<Substring> = [
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", ">", "<=", ">=", "and", "or", "&", "|", "~", "<<", ">>",
  ]
  private static let unary: Set<Substring> = ["not", "-", "#", "~"]

  /// The token at an index that is no text: what signs and words are compared with.
  func sign(_ index: Int) -> Substring { tokens.indices.contains(index) && tokens[index].kind != .text ? tokens[index].text : "" }

  func isText(_ index: Int) -> Bool { tokens.indices.contains(index) && tokens[index].kind == .text }

  /// Whether a name of a variable, a field or a method stands at an index.
  func isName(_ index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].kind == .name && !Self.keywords.contains(tokens[index].text)
  }

  func isBinary(_ index: Int) -> Bool { Self.binary.contains(sign(index)) }

  func isCall(_ index: Int) -> Bool { isText(index) || sign(index) == "(" || sign(index) == "{" }

  /// The index behind the bracket that closes the one at an index.
  func close(_ index: Int) -> Int {
    var depth = 0
    for at in index..<tokens.count {
      if ["(", "{", "["].contains(sign(at)) { depth += 1 }
      if [")", "}", "]"].contains(sign(at)) { depth -= 1 }
      if depth == 0 { return at + 1 }
    }
    return tokens.count
  }

  /// The index behind the `end` of the function that begins at an index.
  private func functionEnd(_ index: Int) -> Int {
    var depth = 0
    var at = index
    while at < tokens.count {
      switch sign(at) {
      case "function", "if", "do", "repeat": depth += 1
      case "end", "until": depth -= 1
      default: break
      }
      at += 1
      if depth == 0 { return at }
    }
    return tokens.count
  }

  /// The index behind one operand: a value with all that is called and looked up of it.
  func operandEnd(_ index: Int) -> Int {
    var at = index
    while Self.unary.contains(sign(at)) { at += 1 }
    guard at < tokens.count else { return at }
    if sign(at) == "function" { return functionEnd(at) }
    let isPrefix = sign(at) == "(" || isName(at)
    at = sign(at) == "(" || sign(at) == "{" ? close(at) : at + 1
    while isPrefix, at < tokens.count {
      if [".", ":"].contains(sign(at)) {
        at += 2
      } else if sign(at) == "[" || isCall(at) {
        at = isText(at) ? at + 1 : close(at)
      } else {
        break
      }
    }
    return at
  }

  /// The index behind the expression that begins at an index.
  func end(_ index: Int) -> Int {
    var at = operandEnd(index)
    while isBinary(at) { at = operandEnd(at + 1) }
    return min(at, tokens.count)
  }

  /// The index behind expressions with commas between.
  func listEnd(_ index: Int) -> Int {
    var at = end(index)
    while sign(at) == "," { at = end(at + 1) }
    return at
  }

  /// What a call is given that begins at an index: a text, a table, or what stands between brackets.
  func arguments(_ index: Int) -> [Range<Int>] {
    if isText(index) { return [index..<index + 1] }
    if sign(index) == "{" { return [index..<close(index)] }
    var (found, at) = ([Range<Int>](), index + 1)
    while at < tokens.count, sign(at) != ")" {
      let end = max(at + 1, end(at))
      found.append(at..<end)
      at = sign(end) == "," ? end + 1 : end
    }
    return found
  }

  /// Whether a call is all that stands there: it may give no value, or several.
  func isCall(_ range: Range<Int>) -> Bool {
    let isPrefix = isName(range.lowerBound) || sign(range.lowerBound) == "("
    guard range.count > 1, isPrefix, operandEnd(range.lowerBound) == range.upperBound else { return false }
    return isText(range.upperBound - 1) || [")", "}"].contains(sign(range.upperBound - 1))
  }

  /// Whether a name at an index is the first token of a statement: then a value, a block or another statement is over before it.
  func isStatement(_ index: Int) -> Bool {
    guard index > 0 else { return true }
    let before = tokens[index - 1]
    switch before.kind {
    case .text, .number: return true
    case .name:
      return !Self.joining.contains(before.text)
    case .sign:
      if before.text == "::" { return sign(index - 3) == "::" }
      if before.text == ">" { return sign(index - 3) == "<" }
      return [")", "]", "}", ";", "..."].contains(before.text)
    }
  }

  /// The variables that an assignment that begins at an index changes, and the members that it sets; empty: no assignment begins there.
  func targets(_ index: Int) -> (variables: [Int], members: [Substring]) {
    var (variables, members, at) = ([Int](), [Substring](), index)
    while at < tokens.count {
      let end = operandEnd(at)
      let isMember = [".", ":"].contains(sign(end - 2)) && isName(end - 1)
      if isMember { members.append(tokens[end - 1].text) }
      // A key that is worked out may be any name: the variable is not known any more.
      if isName(at), end == at + 1 || sign(end - 1) == "]" { variables.append(at) }
      at = end + 1
      if sign(end) == "=" { return (variables, members) }
      guard sign(end) == "," else { break }
    }
    return ([], [])
  }

  /// The fields of the table that begins at an index, by name; nil for an entry without one.
  func fields(_ index: Int) -> [(name: Token?, value: Range<Int>)] {
    var (found, at) = ([(name: Token?, value: Range<Int>)](), index + 1)
    while at < tokens.count, sign(at) != "}" {
      var name: Token?
      if tokens[at].kind == .name, sign(at + 1) == "=" {
        name = tokens[at]
        at += 2
      } else if sign(at) == "[" {
        at = close(at) + 1
      }
      let end = max(at + 1, end(at))
      found.append((name, at..<end))
      at = [",", ";"].contains(sign(end)) ? end + 1 : end
    }
    return found
  }
}
