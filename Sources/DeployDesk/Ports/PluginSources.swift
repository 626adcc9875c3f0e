package import DeployModel

/// The sources of plugins: git repositories and folders.
package protocol PluginSources: Sendable {
  /// Returns the offers of a source, newest version first.
  /// - Throws: an error that says why the source cannot be read.
  func offers(of source: String) throws(Problem) -> [PluginOffer]
  /// Returns the files of an offer.
  /// - Throws: an error that says why the files cannot be read, or why they are not a valid plugin.
  func tree(of source: String, _ offer: PluginOffer) throws(Problem) -> PluginTree
}

/// A version that a source offers: a git tag, a git commit, or the current contents of a folder.
package struct PluginOffer: Sendable, Hashable {
  /// The version in the tag, or nil if only the manifest has the version.
  package var version: PluginVersion?
  /// The commit, or nil if the source is a folder.
  package var commit: String?
  /// The git ref of the version, such as `refs/tags/v1.2.0`, or nil if only the commit identifies the version.
  package var ref: String?
  package init(version: PluginVersion? = nil, commit: String? = nil, ref: String? = nil) {
    self.version = version
    self.commit = commit
    self.ref = ref
  }
}
