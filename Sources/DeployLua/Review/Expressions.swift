/// Finds the ends of expressions in the tokens of a source that compiles.
struct Expressions {
  let tokens: [Token]

  /// The reserved words, which cannot be names.
  static let keywords: Set<Substring> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat",
    "return", "then", "true", "until", "while",
  ]
  /// The words that are followed by a value or a name, so that no statement begins after them.
  private static let joining: Set<Substring> = [
    "and", "elseif", "for", "function", "goto", "if", "in", "local", "not", "or", "return", "until", "while",
  ]
  private static let binary: Set<Substring> = [
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", ">", "<=", ">=", "and", "or", "&", "|", "~", "<<", ">>",
  ]
  private static let unary: Set<Substring> = ["not", "-", "#", "~"]

  /// Returns the token at an index, for comparisons with signs and words. If the token is a string or the index is out of range, returns an
  /// empty string.
  func sign(_ index: Int) -> Substring { tokens.indices.contains(index) && tokens[index].kind != .text ? tokens[index].text : "" }

  func isText(_ index: Int) -> Bool { tokens.indices.contains(index) && tokens[index].kind == .text }

  /// Returns whether the token at an index is the name of a variable, a field or a method.
  func isName(_ index: Int) -> Bool {
    tokens.indices.contains(index) && tokens[index].kind == .name && !Self.keywords.contains(tokens[index].text)
  }

  func isBinary(_ index: Int) -> Bool { Self.binary.contains(sign(index)) }

  func isCall(_ index: Int) -> Bool { isText(index) || sign(index) == "(" || sign(index) == "{" }

  /// Returns the index after the bracket that closes the one at an index.
  func close(_ index: Int) -> Int {
    var depth = 0
    for at in index..<tokens.count {
      if ["(", "{", "["].contains(sign(at)) { depth += 1 }
      if [")", "}", "]"].contains(sign(at)) { depth -= 1 }
      if depth == 0 { return at + 1 }
    }
    return tokens.count
  }

  /// Returns the index after the `end` of the function that begins at an index.
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

  /// Returns the index after one operand, which is a value with all calls and lookups that follow it.
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

  /// Returns the index after the expression that begins at an index.
  func end(_ index: Int) -> Int {
    var at = operandEnd(index)
    while isBinary(at) { at = operandEnd(at + 1) }
    return min(at, tokens.count)
  }

  /// Returns the index after a list of expressions that are separated by commas.
  func listEnd(_ index: Int) -> Int {
    var at = end(index)
    while sign(at) == "," { at = end(at + 1) }
    return at
  }

  /// Returns the arguments of a call if they begin at this index: a string, a table, or the expressions between brackets.
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

  /// Returns whether an expression is just a call, which can return no value or several.
  func isCall(_ range: Range<Int>) -> Bool {
    let isPrefix = isName(range.lowerBound) || sign(range.lowerBound) == "("
    guard range.count > 1, isPrefix, operandEnd(range.lowerBound) == range.upperBound else { return false }
    return isText(range.upperBound - 1) || [")", "}"].contains(sign(range.upperBound - 1))
  }

  /// Returns whether the name at an index is the first token of a statement. It is if a value, a block or another statement ends before it.
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

  /// Returns the variables that the assignment at an index changes, and the members that it sets. Both are empty if no assignment begins
  /// there.
  func targets(_ index: Int) -> (variables: [Int], members: [Substring]) {
    var (variables, members, at) = ([Int](), [Substring](), index)
    while at < tokens.count {
      let end = operandEnd(at)
      let isMember = [".", ":"].contains(sign(end - 2)) && isName(end - 1)
      if isMember { members.append(tokens[end - 1].text) }
      // A computed key could be any name, so nothing is known about the variable afterwards.
      if isName(at), end == at + 1 || sign(end - 1) == "]" { variables.append(at) }
      at = end + 1
      if sign(end) == "=" { return (variables, members) }
      guard sign(end) == "," else { break }
    }
    return ([], [])
  }

  /// Returns the fields of the table that begins at an index. The name is nil for an entry without one.
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
