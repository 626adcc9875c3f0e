import DeployModel

/// Finds the line of a field in a table constructor. Lua itself knows only the line of the call.
struct FieldLines {
  private let tokens: [(path: String, tokens: [Token])]

  init(_ sources: [SourceFile]) {
    tokens = sources.filter { $0.path.hasSuffix(".lua") }.map { ($0.path, Tokenizer.tokens(of: $0.text)) }
  }

  /// Returns the line of the first `field =` that is directly in the first table that begins at or after a line, or directly in another
  /// table that begins on the same line as that table. For example, in `stage.rollout { strategy = canary {`, the second table belongs to
  /// the call of `canary`. `a.b` is the field `b` of the table that begins at the field `a`. If only the first parts of such a name are
  /// found, returns the line of the last part that was found. Returns nil if no part is found.
  func line(of field: String, in file: String, after line: Int) -> Int? {
    guard let list = tokens.first(where: { $0.path.isExactly(file) })?.tokens else { return nil }
    var at = first(in: list, from: line)
    var found: Int?
    for part in field.split(separator: ".") {
      guard let next = index(of: part, in: list, from: at, isOuter: found == nil) else { break }
      at = next
      found = list[next].line
    }
    return found
  }

  /// Returns the line of a quoted string at or after a line, in the same table and at most 200 lines below. Returns nil if it is not found.
  func line(ofText text: String, in file: String, after line: Int) -> Int? {
    guard let list = tokens.first(where: { $0.path.isExactly(file) })?.tokens else { return nil }
    return list.first { $0.line >= line && $0.line < line + 200 && $0.kind == .text && $0.text == text }?.line
  }

  /// Returns the first token at or after a line. It uses binary search, because a file with many recipes has many fields to find.
  private func first(in list: [Token], from line: Int) -> Int {
    var below = 0
    var above = list.count
    while below < above {
      let middle = (below + above) / 2
      if list[middle].line < line { below = middle + 1 } else { above = middle }
    }
    return below
  }

  private func index(of field: Substring, in list: [Token], from begin: Int, isOuter: Bool) -> Int? {
    let isTable = { (token: Token) in token.text == "{" && token.kind == .sign }
    guard var table = list[begin...].firstIndex(where: isTable) else { return nil }
    let line = list[table].line
    while true {
      if let index = index(of: field, in: list, ofTable: table) { return index }
      guard isOuter, let next = list[(table + 1)...].prefix(while: { $0.line == line }).firstIndex(where: isTable) else { return nil }
      table = next
    }
  }

  private func index(of field: Substring, in list: [Token], ofTable table: Int) -> Int? {
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
