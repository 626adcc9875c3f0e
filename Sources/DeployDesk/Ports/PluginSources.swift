package import DeployModel

/// Where plugins come from: git repositories and folders.
package protocol PluginSources: Sendable {
  /// The offers of a source, the newest version first.
  /// - Throws: why the source cannot be read.
  func offers(of source: String) throws(Problem) -> [PluginOffer]
  /// The files of one offer.
  /// - Throws: why the files cannot be read, or are no valid plugin.
  func tree(of source: String, _ offer: PluginOffer) throws(Problem) -> PluginTree
}

/// One version or commit of a source, or a folder.
package struct PluginOffer: Sendable, Hashable {
  /// The version that its tag names; nil: its manifest names the version.
  package var version: PluginVersion?
  /// The commit; nil: the source is a folder.
  package var commit: String?
  /// The git ref of the version, such as `refs/tags/v1.2.0`; nil: the version is found by its commit.
  package var ref: String?
  package init(version: PluginVersion? = nil, commit: String? = nil, ref: String? = nil) {
    self.version = version
    self.commit = commit
    self.ref = ref
  }
}
