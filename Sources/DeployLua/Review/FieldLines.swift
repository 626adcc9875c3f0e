import DeployModel

/// Finds the line of a field inside a table constructor: Lua itself tells only the line of the call.
struct FieldLines {
  private let tokens: [(path: String, tokens: [Token])]

  init(_ sources: [SourceFile]) {
    tokens = sources.filter { $0.path.hasSuffix(".lua") }.map { ($0.path, Tokenizer.tokens(of: $0.text)) }
  }

  /// The line of the first `field =` directly inside the first table that begins at or after a line. `a.b` is field `b` of the table that
  /// field `a` begins. If it is not found, the nearest line that was.
  func line(of field: String, in file: String, after line: Int) -> Int? {
    guard let list = tokens.first(where: { $0.path.isExactly(file) })?.tokens else { return nil }
    var at = first(in: list, from: line)
    var found: Int?
    for part in field.split(separator: ".") {
      guard let next = index(of: part, in: list, from: at) else { break }
      at = next
      found = list[next].line
    }
    return found
  }

  /// The line of a quoted text at or after a line, in the same table: no more than 200 lines further down.
  func line(ofText text: String, in file: String, after line: Int) -> Int? {
    guard let list = tokens.first(where: { $0.path.isExactly(file) })?.tokens else { return nil }
    return list.first { $0.line >= line && $0.line < line + 200 && $0.kind == .text && $0.text == text }?.line
  }

  /// The first token at or after a line. Tokens are in the order of lines, and a file with many recipes asks for many fields.
  private func first(in list: [Token], from line: Int) -> Int {
    var below = 0
    var above = list.count
    while below < above {
      let middle = (below + above) / 2
      if list[middle].line < line { below = middle + 1 } else { above = middle }
    }
    return below
  }

  private func index(of field: Substring, in list: [Token], from begin: Int) -> Int? {
    guard let table = list[begin...].firstIndex(where: { $0.text == "{" && $0.kind == .sign }) else { return nil }
    var depth = 0
    for index in table..<list.count {
      let token = list[index]
      if token.kind == .sign, token.text == "{" { depth += 1 }
      if token.kind == .sign, token.text == "}" { depth -= 1 }
      if depth == 0 { return nil }
      guard depth == 1, token.kind == .name, token.text == field, index + 1 < list.count else { continue }
      if list[index + 1].text == "=" { return index }
    }
    return nil
  }
}
