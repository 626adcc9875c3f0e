/// A plugin as `deploy.lock` has it.
package struct LockedPlugin: Sendable, Hashable {
  package var name: String
  package var version: PluginVersion
  /// The source of the plugin: an address for git, or a folder, relative to the project or absolute.
  package var source: String
  /// The commit, 40 or 64 hexadecimal digits; nil: its source is a folder.
  package var commit: String?
  /// The digest of its files, as `PluginTree` has them.
  package var sha256: Digest
  /// The capabilities that the plugin asks for, in order.
  package var capabilities: [String]
  /// In the order of their names.
  package var dependencies: [PluginManifest.Dependency]
  /// The requested range of versions; nil: only another plugin requires this one.
  package var wanted: VersionRange?
  /// The signer when the plugin was added, if that machine's policy named the signer; nil: no such signer, or no policy.
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

  /// Whether a text may be a plugin's name: letters, digits, `_` and `-`, so that it never leads out of a folder.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 100 && !text.hasPrefix("-")
      && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95 || $0 == 45 }
  }
}
