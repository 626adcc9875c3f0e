/// What a plugin says about itself in its `plugin.lua`.
package struct PluginManifest: Sendable, Hashable {
  /// A plugin that it requires.
  package struct Dependency: Sendable, Hashable {
    package var name: String
    package var range: VersionRange
    /// The source of the plugin if the project has no plugin of this name: a URL or an absolute path; nil: unknown.
    package var source: String?
    package init(name: String, range: VersionRange, source: String? = nil) {
      self.name = name
      self.range = range
      self.source = source
    }
  }

  package var name: String
  package var version: PluginVersion
  /// The API level it is written for.
  package var api: Int
  package var summary: String
  /// An SPDX name; nil: it has none.
  package var license: String?
  /// The file that `require` reads, from the plugin's folder.
  package var main: String
  /// The capabilities that the plugin asks for, in order; nil: it does not say.
  package var capabilities: [String]?
  /// In the order of their names.
  package var dependencies: [Dependency]
  /// Names of its options, in order.
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

/// A plugin that a project requires, and what it may do there.
package struct RequiredPlugin: Sendable, Hashable {
  package enum Origin: String, Sendable, Hashable {
    /// The plugin is in the project's `plugins`, or comes with Lander.
    case own
    /// `deploy.lock` has it.
    case locked
  }
  package var manifest: PluginManifest
  package var origin: Origin
  /// Whether the plugin may only do what it was granted; otherwise it may do everything.
  package var isBound: Bool
  /// Those of its capabilities that it was granted.
  package var granted: [String]

  package init(_ manifest: PluginManifest, origin: Origin, isBound: Bool, granted: [String]) {
    self.manifest = manifest
    self.origin = origin
    self.isBound = isBound
    self.granted = granted
  }
}
