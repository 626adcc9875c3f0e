import DeployDesk
import DeployLua
import DeployModel
import DeployStore

/// The plugins of a project on this machine.
struct ProjectPlugins: PluginShelf {
  /// The project's folder, absolute.
  let folder: String
  /// The project's state folder, absolute.
  let state: String

  var level: Int { ManifestText.level }

  func lock() throws(Problem) -> PluginLock? {
    guard let text = try Folder.text(at: "\(folder)/\(PluginLock.file)") else { return nil }
    return try PluginOrigins.lock(text)
  }

  func write(_ lock: PluginLock) throws(Problem) { try Folder.write(lock.text, to: "\(folder)/\(PluginLock.file)") }
  func digest(of tree: PluginTree) -> Digest { tree.digest }

  private func place(_ digest: Digest) -> PluginFolder { PluginFolder(path: "\(state)/plugins/\(digest.hex)") }
  private func vendorPlace(_ name: String) -> PluginFolder { PluginFolder(path: "\(folder)/vendor/lander/\(name)") }

  func copy(_ digest: Digest) throws(Problem) -> PluginTree? { try place(digest).tree() }
  func keep(_ tree: PluginTree, as digest: Digest) throws(Problem) {
    // This makes the state folder, and in it the file that keeps the folder out of version control.
    do { _ = try StateDirectory(state) } catch { throw error.list[0] }  // it has one problem
    try place(digest).write(tree)
  }

  func vendored(_ name: String) throws(Problem) -> PluginTree? { try vendorPlace(name).tree() }
  func vendor(_ tree: PluginTree, as name: String) throws(Problem) { try vendorPlace(name).write(tree) }
  func removeVendored(_ name: String) throws(Problem) { try vendorPlace(name).remove() }
  func hasOwn(_ name: String) -> Bool { Folder.exists("\(folder)/plugins/\(name)") }

  func shipped(_ name: String) -> PluginManifest? {
    guard let home = Shipped.folder(), let text = (try? Folder.text(at: "\(home)/plugins/\(name)/plugin.lua")).flatMap({ $0 }) else {
      return nil
    }
    return try? manifest(text)
  }

  func signer(of tree: PluginTree, _ plugin: LockedPlugin) throws(Problem) -> String? {
    let policy: Policy?
    do { policy = try PolicyFile.read()?.policy } catch { throw error.list[0] }  // it has one problem
    guard let policy, let signers = policy.allowedSigners else { return nil }
    guard policy.demandsSignatures || tree.text(PluginSignature.file) != nil else { return nil }
    return try PluginSignature.signer(of: tree, named: plugin.name, plugin.version, signers: signers)
  }

  func manifest(_ text: String) throws(Problems) -> PluginManifest { try ManifestText.read(text, path: "plugin.lua") }
}
