import DeployLua
import DeployModel

/// Signs a plugin that is in a folder.
struct PluginSigning {
  /// The plugin's folder, absolute.
  let folder: String
  /// The file of a key, absolute.
  let key: String

  /// Writes the signature into the folder.
  /// - Returns: the manifest of the signed plugin.
  /// - Throws: if there is no plugin, if something is wrong with the plugin, or if ssh-keygen fails to sign it.
  func sign() throws -> PluginManifest {
    guard let tree = try PluginFolder(path: folder).tree(), let text = tree.text("plugin.lua") else {
      throw Problems(Problem("there is no plugin in \(folder): it has no plugin.lua", fix: "name the plugin's folder"))
    }
    let manifest = try ManifestText.read(text, path: "plugin.lua")
    let signature = try PluginSignature.sign(tree, named: manifest.name, manifest.version, key: key)
    try Folder.write(signature, to: "\(folder)/\(PluginSignature.file)")
    return manifest
  }
}
