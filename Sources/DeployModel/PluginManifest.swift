/// What a plugin's `plugin.lua` declares about the plugin.
package struct PluginManifest: Sendable, Hashable {
  /// Another plugin that the plugin requires.
  package struct Dependency: Sendable, Hashable {
    package var name: String
    package var range: VersionRange
    /// Where to get the plugin if the project has no plugin of this name: a URL or an absolute path, or nil if unknown.
    package var source: String?
    package init(name: String, range: VersionRange, source: String? = nil) {
      self.name = name
      self.range = range
      self.source = source
    }
  }

  package var name: String
  package var version: PluginVersion
  /// The API level that the plugin was written for.
  package var api: Int
  package var summary: String
  /// The SPDX name of the license, or nil if the plugin states none.
  package var license: String?
  /// The file that `require` loads, relative to the plugin's folder.
  package var main: String
  /// The capabilities that the plugin asks for, sorted, or nil if the plugin does not state them.
  package var capabilities: [String]?
  /// The plugins that this plugin requires, sorted by name.
  package var dependencies: [Dependency]
  /// The names of the plugin's options, sorted.
  package var options: [String]

  package init(
    name: String, version: PluginVersion, api: Int = 1, summary: String = "", license: String? = nil, main: String = "init.lua",
    capabilities: [String]? = nil, dependencies: [Dependency] = [], options: [String] = []
  ) {
    self.name = name
    self.version = version
    self.api = api
    self.summary = summary
    self.license = license
    self.main = main
    self.capabilities = capabilities
    self.dependencies = dependencies
    self.options = options
  }
}

/// A plugin that a project requires, and what the plugin is allowed to do there.
package struct RequiredPlugin: Sendable, Hashable {
  package enum Origin: String, Sendable, Hashable {
    /// The plugin is in the project's `plugins` folder, or comes with Lander.
    case own
    /// The plugin comes from elsewhere, and `deploy.lock` states its version.
    case locked
  }
  package var manifest: PluginManifest
  package var origin: Origin
  /// Whether the plugin is restricted to the capabilities that it was granted. If false, it is allowed to do everything.
  package var isBound: Bool
  /// The capabilities that the project granted to the plugin.
  package var granted: [String]

  package init(_ manifest: PluginManifest, origin: Origin, isBound: Bool, granted: [String]) {
    self.manifest = manifest
    self.origin = origin
    self.isBound = isBound
    self.granted = granted
  }
}
