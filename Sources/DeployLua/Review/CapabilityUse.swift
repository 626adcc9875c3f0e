import DeployModel

/// Finds calls in a plugin's files that need a capability for which the plugin's `plugin.lua` does not ask. Only calls that can be
/// recognised in the text of the files are found.
struct CapabilityUse {
  private let plugin: RequiredPlugin
  private let asked: [String]
  /// The methods that the plugin itself declares. They are not methods of hosts.
  private let own: Set<Substring>

  /// The capability that each word needs, for words such as `host:run`. `…` stands for a name in the call.
  private static let needs: [(word: String, needed: String)] =
    ((try? Vocabulary())?.words ?? []).compactMap { word in word.needs.map { (word.name, $0) } }

  /// Returns a warning for each line that calls something for which the plugin does not ask in its manifest.
  /// - Parameter files: the files of all plugins and recipes that were read.
  static func warnings(of plugins: [RequiredPlugin], in files: [SourceFile]) -> [Problem] {
    plugins.flatMap { plugin -> [Problem] in
      // A plugin whose manifest has no capabilities is allowed to do everything.
      guard let asked = plugin.manifest.capabilities else { return [] }
      let folder = "plugins/\(plugin.manifest.name)/"
      let read = files.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(".lua") && !$0.path.hasSuffix("/plugin.lua") }
      let tokens = read.map { Tokenizer.tokens(of: $0.text) }
      let use = CapabilityUse(plugin: plugin, asked: asked, own: Set(tokens.flatMap(declared)))
      return zip(read, tokens).flatMap { file, tokens in use.warnings(in: tokens, of: file.path) }
    }
  }

  /// Returns the names of functions that are declared as `function x:name()`.
  private static func declared(_ tokens: [Token]) -> [Substring] {
    tokens.indices.compactMap { index in
      guard tokens[index].text == ":", index >= 2, index + 1 < tokens.count, tokens[index - 2].text == "function" else { return nil }
      return tokens[index + 1].text
    }
  }

  private func warnings(in tokens: [Token], of path: String) -> [Problem] {
    var found: [Problem] = []
    for index in tokens.indices {
      guard let (word, needed) = need(tokens, index), !covers(needed) else { continue }
      let warning = Problem(
        "plugin \"\(plugin.manifest.name)\" calls \(word), which needs \"\(needed)\", and its plugin.lua does not ask for it",
        place: SourcePlace(file: path, line: tokens[index].line), fix: "add it to plugin.lua: capabilities = { …, \"\(needed)\" }")
      if !found.contains(warning) { found.append(warning) }
    }
    return found
  }

  /// Returns the capability that the call at a token needs. Returns nil if it needs none, or if only a deployment can show what it needs.
  private func need(_ tokens: [Token], _ index: Int) -> (word: String, needed: String)? {
    let token = tokens[index]
    if token.text == "secret", token.kind == .name, let name = literal(tokens, index + 1) { return ("secret", "secret:\(name)") }
    guard token.text == ":", index > 0, index + 2 < tokens.count, isCall(tokens[index + 2]) else { return nil }
    let (object, method) = (tokens[index - 1].text, tokens[index + 1].text)
    if object == "here" { return here(method, tokens, index + 2) }
    if object == "rollout", method == "approve" { return ("rollout:approve", "approval") }
    guard !own.contains(method), let found = Self.needs.first(where: { $0.word == "host:\(method)" }) else { return nil }
    if method == "wait_for", tokens[(index + 2)...].prefix(12).contains(where: { $0.text == "command" }) {
      return ("host:wait_for", "host.run")
    }
    return found
  }

  private func here(_ method: Substring, _ tokens: [Token], _ index: Int) -> (word: String, needed: String)? {
    switch method {
    case "read": return literal(tokens, index).map { ("here:read", "local.read:\($0)") }
    case "run", "try":
      if literal(tokens, index) != nil { return ("here:\(method)", "local.exec:sh") }
      let start = tokens[index].text == "(" ? index + 1 : index
      guard start + 1 < tokens.count, tokens[start].text == "{", tokens[start + 1].kind == .text else { return nil }
      return ("here:\(method)", "local.exec:\(tokens[start + 1].text)")
    default: return nil
    }
  }

  private func isCall(_ token: Token) -> Bool { token.text == "(" || token.text == "{" || token.kind == .text }

  /// Returns the text in `"x"` or `("x"` at an index, or nil if there is none.
  private func literal(_ tokens: [Token], _ index: Int) -> Substring? {
    guard index < tokens.count else { return nil }
    if tokens[index].kind == .text { return tokens[index].text }
    guard tokens[index].text == "(", index + 1 < tokens.count, tokens[index + 1].kind == .text else { return nil }
    return tokens[index + 1].text
  }

  private func covers(_ needed: String) -> Bool {
    asked.contains { one in one == needed || one.hasPrefix("local.") && one.hasSuffix("/") && needed.hasPrefix(one) }
  }
}
