package import DeployModel

/// Plugins on this machine: a project's lock, copies by their digest, and plugins in `vendor/lander`.
package protocol PluginShelf: Sendable {
  /// `deploy.lock`; nil: the project has none.
  func lock() throws(Problem) -> PluginLock?
  func write(_ lock: PluginLock) throws(Problem)
  /// The digest of a plugin's files, as `deploy.lock` has it.
  func digest(of tree: PluginTree) -> Digest
  /// A copy by its digest, not yet checked; nil: there is no such copy.
  func copy(_ digest: Digest) throws(Problem) -> PluginTree?
  func keep(_ tree: PluginTree, as digest: Digest) throws(Problem)
  /// The content of `vendor/lander/NAME`; nil: there is no such folder.
  func vendored(_ name: String) throws(Problem) -> PluginTree?
  func vendor(_ tree: PluginTree, as name: String) throws(Problem)
  func removeVendored(_ name: String) throws(Problem)
  /// Whether the project has its own plugin of that name, in `plugins/NAME`.
  func hasOwn(_ name: String) -> Bool
  /// The manifest of a plugin that comes with Lander; nil: there is no such plugin.
  func shipped(_ name: String) -> PluginManifest?
  /// The signer of a plugin; nil: no signature is required.
  /// - Throws: if this machine's policy demands a signature, and there is no good one.
  func signer(of tree: PluginTree, _ plugin: LockedPlugin) throws(Problem) -> String?
  /// Reads a manifest's text.
  /// - Throws: everything that is wrong with the manifest. A newer API level is not an error.
  func manifest(_ text: String) throws(Problems) -> PluginManifest
  /// The API level of this Lander.
  var level: Int { get }
}
