import DeployLua
import DeployModel

/// Signs the plugin in a folder.
struct PluginSigning {
  /// The plugin's folder, absolute.
  let folder: String
  /// The file of a key, absolute.
  let key: String

  /// Writes the signature into the folder.
  /// - Returns: the manifest of the signed plugin.
  /// - Throws: if there is no plugin, if it is broken, or if ssh-keygen does not sign.
  func sign() throws -> PluginManifest {
    guard let tree = try PluginFolder(path: folder).tree(), let text = tree.text("plugin.lua") else {
      throw Problems(Problem("there is no plugin in \(folder): it has no plugin.lua", fix: "name the plugin's folder"))
    }
    let manifest = try ManifestText.read(text, path: "plugin.lua")
    guard Folder.exists(key) else {
      throw Problems(Problem("there is no key \(key)", subject: "--key", fix: "ssh-keygen -t ed25519 makes one"))
    }
    let statement = try PluginSignature.statement(manifest.name, manifest.version, tree)
    try Folder.write(try PluginSignature.sign(statement, key: key), to: "\(folder)/\(PluginSignature.file)")
    return manifest
  }
}
