import DeployModel

extension ProjectReader {
  /// Returns the plugins that were required, in the order in which they were read.
  func plugins(_ value: Value) -> [RequiredPlugin] {
    list(value["plugins"]).compactMap { plugin in
      guard let manifest = plugin["manifest"].flatMap(manifest) else { return nil }
      return RequiredPlugin(
        manifest, origin: plugin["origin"]?.text.flatMap(RequiredPlugin.Origin.init) ?? .own, isBound: plugin["bound"]?.bool ?? false,
        granted: list(plugin["given"]).compactMap(\.text))
    }
  }

  /// Reads a manifest, or nil if it lacks something that every manifest has.
  func manifest(_ value: Value) -> PluginManifest? {
    guard let name = value["name"]?.text, let version = value["version"]?.text.flatMap(PluginVersion.init) else { return nil }
    let dependencies = list(value["dependencies"]).compactMap { one -> PluginManifest.Dependency? in
      guard let name = one["name"]?.text, let range = one["version"]?.text.flatMap(VersionRange.init) else { return nil }
      return PluginManifest.Dependency(name: name, range: range, source: one["source"]?.text)
    }
    return PluginManifest(
      name: name, version: version, api: value["api"]?.int ?? 1, summary: value["summary"]?.text ?? "", license: value["license"]?.text,
      main: value["main"]?.text ?? "init.lua", capabilities: value["capabilities"].map { list($0).compactMap(\.text) },
      dependencies: dependencies, options: list(value["options"]).compactMap(\.text))
  }

  /// Returns a problem for each required plugin whose version does not fit what another plugin needs.
  func misfits(_ plugins: [RequiredPlugin]) -> [Problem] {
    plugins.flatMap { plugin in
      plugin.manifest.dependencies.compactMap { one in
        let other = plugins.first { $0.manifest.name == one.name }
        guard let other, !one.range.holds(other.manifest.version) else { return nil }
        return Problem(
          "plugin \"\(plugin.manifest.name)\" needs \(one.name) \(one.range), and the project has \(other.manifest.version)",
          place: SourcePlace(file: "plugins/\(plugin.manifest.name)/plugin.lua", line: 1),
          fix: "take another version of one of them: lander plugin list shows them")
      }
    }
  }
}
