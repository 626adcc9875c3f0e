/// Finds where parts of an expression end, in the tokens of a source that compiles.
struct Expressions {
  let tokens: [Token]

  private static let binary: Set<Substring> = [
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", ">", "<=", ">=", "and", "or", "&", "|", "~",
  ]
  private static let unary: Set<Substring> = ["not", "-", "#", "~"]

  /// The token at an index that is no text: what signs and words are compared with.
  func sign(_ index: Int) -> Substring { tokens.indices.contains(index) && tokens[index].kind != .text ? tokens[index].text : "" }

  func isText(_ index: Int) -> Bool { tokens.indices.contains(index) && tokens[index].kind == .text }

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
  private func operandEnd(_ index: Int) -> Int {
    var at = index
    while Self.unary.contains(sign(at)) { at += 1 }
    guard at < tokens.count else { return at }
    if sign(at) == "function" { return functionEnd(at) }
    let isPrefix = sign(at) == "(" || tokens[at].kind == .name
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
    while Self.binary.contains(sign(at)) { at = operandEnd(at + 1) }
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
