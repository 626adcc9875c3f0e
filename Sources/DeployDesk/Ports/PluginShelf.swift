package import DeployModel

/// The plugins on this machine: a project's lock, copies stored by digest, and the plugins in `vendor/lander`.
package protocol PluginShelf: Sendable {
  /// Returns the contents of `deploy.lock`, or nil if the project has none.
  func lock() throws(Problem) -> PluginLock?
  func write(_ lock: PluginLock) throws(Problem)
  /// Returns the digest of a plugin's files, as `deploy.lock` records it.
  func digest(of tree: PluginTree) -> Digest
  /// Returns the stored copy with this digest, or nil if there is none. The copy has not been verified.
  func copy(_ digest: Digest) throws(Problem) -> PluginTree?
  func keep(_ tree: PluginTree, as digest: Digest) throws(Problem)
  /// Returns the files in `vendor/lander/NAME`, or nil if there is no such folder.
  func vendored(_ name: String) throws(Problem) -> PluginTree?
  func vendor(_ tree: PluginTree, as name: String) throws(Problem)
  func removeVendored(_ name: String) throws(Problem)
  /// Whether the project itself contains a plugin of this name, in `plugins/NAME`.
  func hasOwn(_ name: String) -> Bool
  /// Returns the manifest of a plugin that comes with Lander, or nil if there is no such plugin.
  func shipped(_ name: String) -> PluginManifest?
  /// Returns the signer of a plugin, or nil if no known signer signed it and the policy does not demand a signature.
  /// - Throws: if this machine's policy demands a signature, and the plugin has no valid one.
  func signer(of tree: PluginTree, _ plugin: LockedPlugin) throws(Problem) -> String?
  /// Reads a manifest.
  /// - Throws: an error that lists all problems of the manifest. A newer API level does not count as a problem here.
  func manifest(_ text: String) throws(Problems) -> PluginManifest
  /// The API level of this version of Lander.
  var level: Int { get }
}
