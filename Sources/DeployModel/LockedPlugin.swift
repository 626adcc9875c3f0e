/// A plugin, as `deploy.lock` records it.
package struct LockedPlugin: Sendable, Hashable {
  package var name: String
  package var version: PluginVersion
  /// Where the plugin comes from: a git address, or a folder that is absolute or relative to the project.
  package var source: String
  /// The commit, as 40 or 64 hexadecimal digits, or nil if the source is a folder.
  package var commit: String?
  /// The digest of the plugin's files, computed by `PluginTree`.
  package var sha256: Digest
  /// The capabilities that the plugin asks for, sorted.
  package var capabilities: [String]
  /// The plugins that this plugin requires, sorted by name.
  package var dependencies: [PluginManifest.Dependency]
  /// The range of versions that the project asked for, or nil if only other plugins require this plugin.
  package var wanted: VersionRange?
  /// The signer that was verified when the plugin was added. Nil if the machine that added the plugin had no policy, or if its policy named
  /// no such signer.
  package var signer: String?

  package init(
    name: String, version: PluginVersion, source: String, commit: String?, sha256: Digest, capabilities: [String],
    dependencies: [PluginManifest.Dependency] = [], wanted: VersionRange?, signer: String? = nil
  ) {
    self.name = name
    self.version = version
    self.source = source
    self.commit = commit
    self.sha256 = sha256
    self.capabilities = capabilities
    self.dependencies = dependencies
    self.wanted = wanted
    self.signer = signer
  }

  /// Whether a string is a valid plugin name: letters, digits, `_` and `-`. As a path, a valid name never leads out of a folder.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 100 && !text.hasPrefix("-")
      && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95 || $0 == 45 }
  }
}
