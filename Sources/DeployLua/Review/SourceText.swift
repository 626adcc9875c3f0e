import DeployModel

/// What the text of a source shows without being run.
struct SourceText {
  private let path: String
  private let tokens: [Token]

  init(_ file: SourceFile) {
    path = file.path
    tokens = Tokenizer.tokens(of: file.text)
  }

  /// The names that are passed to `secret` literally.
  var secrets: [String] { tokens.indices.compactMap { Self.secret(tokens, $0) } }

  var warnings: [Problem] {
    LibraryUse.warnings(in: tokens, of: path) + WordUse.warnings(in: tokens, of: path)
      + tokens.indices.compactMap { Self.joined(tokens, $0) }.map { line in
        Problem(
          "a parameter becomes part of a command here, whatever characters it has", place: SourcePlace(file: path, line: line),
          fix: "give the command as a list of words { \"cmd\", value }, or write quote(value)")
      }
  }

  /// Returns the name in `secret "NAME"` or `secret("NAME")`, or nil if there is none.
  private static func secret(_ tokens: [Token], _ index: Int) -> String? {
    guard tokens[index].kind == .name, tokens[index].text == "secret" else { return nil }
    let after = tokens[(index + 1)...].prefix(2)
    if let first = after.first, first.kind == .text { return String(first.text) }
    if after.first?.text == "(", after.count == 2, let second = after.last, second.kind == .text { return String(second.text) }
    return nil
  }

  /// Returns the line of a `:run(` or `:try(` whose first argument concatenates a member of `params` with a string, directly and without
  /// `quote`. Returns nil if there is none.
  private static func joined(_ tokens: [Token], _ index: Int) -> Int? {
    guard tokens[index].text == ":", index + 2 < tokens.count, tokens[index + 1].text == "run" || tokens[index + 1].text == "try",
      tokens[index + 2].text == "("
    else { return nil }
    var depth = 0
    var joins = false
    var line: Int?
    for at in (index + 2)..<tokens.count {
      let token = tokens[at]
      if token.kind == .sign {
        if "({[".contains(token.text) {
          if token.text == "{", depth == 1 { return nil }
          depth += 1
        }
        if ")}]".contains(token.text) { depth -= 1 }
        if depth == 0 || (depth == 1 && token.text == ",") { break }
        if token.text == ".." { joins = true }
      } else if token.kind == .name {
        if token.text == "quote" { return nil }
        if token.text == "format" { joins = true }
        if token.text == "params" { line = token.line }
      }
    }
    return joins ? line : nil
  }
}
