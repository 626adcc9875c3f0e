/// The contents of `deploy.lock`: the external plugins that a project uses, each with a single version.
package struct PluginLock: Sendable, Hashable {
  /// The plugins, sorted by name.
  package private(set) var plugins: [LockedPlugin]

  package init(_ plugins: [LockedPlugin] = []) {
    self.plugins = plugins.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  package var names: [String] { plugins.map(\.name) }
  package subscript(name: String) -> LockedPlugin? { plugins.first { $0.name.isExactly(name) } }

  /// The name of the file, which is next to `deploy.lua`.
  package static let file = "deploy.lock"
  /// The version of the file's format that this program writes and reads.
  static let form = 1

  // MARK: reading

  /// Reads the contents from parsed JSON.
  /// - Throws: an error that says what is wrong with the file, and with which plugin.
  package init(_ value: Value) throws(Problem) {
    guard case .record(let members) = value, let form = value["lock"]?.int else {
      throw Self.broken("it is no lock")
    }
    guard form == Self.form else { throw Problem("deploy.lock has form \(form), and this lander reads form 1", fix: "use a newer lander") }
    for member in members where !["lock", "plugins"].contains(member.name) { throw Self.broken("it has a field \"\(member.name)\"") }
    guard case .record(let plugins) = value["plugins"] ?? .null else { throw Self.broken("it has no plugins") }
    var read: [LockedPlugin] = []
    for plugin in plugins { read.append(try Self.plugin(plugin.value, named: plugin.name)) }
    self.init(read)
    if let problem = problems.first { throw problem }
  }

  private static func broken(_ what: String) -> Problem {
    Problem("deploy.lock cannot be read: \(what)", fix: "take it back from version control, or write it anew with lander plugin add")
  }

  private static func plugin(_ value: Value, named name: String) throws(Problem) -> LockedPlugin {
    let known = ["capabilities", "commit", "dependencies", "name", "sha256", "signer", "source", "version", "wanted"]
    for member in value.members where !known.contains(member.name) { throw broken("\(name) has a field \"\(member.name)\"") }
    func lacks(_ field: String) -> Problem { broken("\(field) of \(name) is missing or wrong") }
    guard LockedPlugin.isName(name), value["name"]?.text == name else { throw lacks("name") }
    guard let version = value["version"]?.text.flatMap(PluginVersion.init) else { throw lacks("version") }
    guard let source = value["source"]?.text, !source.isEmpty else { throw lacks("source") }
    guard let digest = value["sha256"]?.text, digest.utf8.count == 64, digest.allSatisfy(\.isHexDigit) else { throw lacks("sha256") }
    let commit = value["commit"]?.text
    if value["commit"] != nil {
      guard let commit, commit.utf8.count >= 40, commit.allSatisfy(\.isHexDigit) else { throw lacks("commit") }
    }
    guard let capabilities = value["capabilities"]?.list, capabilities.allSatisfy({ $0.text != nil }) else { throw lacks("capabilities") }
    var dependencies: [PluginManifest.Dependency] = []
    for one in value["dependencies"]?.members ?? [] {
      guard let range = one.value.text.flatMap(VersionRange.init), LockedPlugin.isName(one.name) else { throw lacks("dependencies") }
      dependencies.append(PluginManifest.Dependency(name: one.name, range: range))
    }
    let wanted = value["wanted"]?.text.flatMap(VersionRange.init)
    if value["wanted"] != nil, wanted == nil { throw lacks("wanted") }
    let signer = value["signer"]?.text
    if value["signer"] != nil, signer?.isEmpty != false { throw lacks("signer") }
    return LockedPlugin(
      name: name, version: version, source: source, commit: commit, sha256: Digest(hex: digest),
      capabilities: capabilities.compactMap(\.text), dependencies: dependencies, wanted: wanted,
      signer: signer)
  }

  /// The conflicts between plugins: a dependency whose version another plugin does not accept.
  package var problems: [Problem] {
    plugins.flatMap { plugin in
      plugin.dependencies.compactMap { one in
        guard let other = self[one.name], !one.range.holds(other.version) else { return nil }
        return Problem(
          "plugin \(plugin.name) needs \(one.name) \(one.range), and deploy.lock has \(other.version)",
          fix: "lander plugin update \(one.name) \(plugin.name)")
      }
    }
  }

  // MARK: writing

  /// The contents as JSON text, with sorted plugins and one field per line.
  package var text: String {
    var lines = ["{", "  \"lock\": \(Self.form),", "  \"plugins\": {"]
    for (index, plugin) in plugins.enumerated() {
      lines.append("    \(Self.quoted(plugin.name)): {")
      let fields = Self.fields(of: plugin)
      for (number, field) in fields.enumerated() { lines.append("      \(field)" + (number + 1 < fields.count ? "," : "")) }
      lines.append("    }" + (index + 1 < plugins.count ? "," : ""))
    }
    return (lines + ["  }", "}"]).joined(separator: "\n") + "\n"
  }

  private static func fields(of plugin: LockedPlugin) -> [String] {
    let dependencies = plugin.dependencies.map { "\(quoted($0.name)): \(quoted($0.range.description))" }.joined(separator: ", ")
    let capabilities = plugin.capabilities.map(quoted).joined(separator: ", ")
    return ["\"capabilities\": [\(capabilities)]"] + (plugin.commit.map { ["\"commit\": \(quoted($0))"] } ?? []) + [
      dependencies.isEmpty ? "\"dependencies\": {}" : "\"dependencies\": { \(dependencies) }", "\"name\": \(quoted(plugin.name))",
      "\"sha256\": \(quoted(plugin.sha256.hex))",
    ] + (plugin.signer.map { ["\"signer\": \(quoted($0))"] } ?? []) + [
      "\"source\": \(quoted(plugin.source))", "\"version\": \(quoted(plugin.version.description))",
    ] + (plugin.wanted.map { ["\"wanted\": \(quoted($0.description))"] } ?? [])
  }

  private static func quoted(_ text: String) -> String { JSONText.quoted(text) }
}
