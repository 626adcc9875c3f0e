import DeployModel
import DeployStore

/// The signature of a plugin. It covers a line with the plugin's name, its version and the digest of its files.
enum PluginSignature {
  /// The name of the signature's file in a plugin. The signature does not cover this file.
  static let file = "plugin.sig"
  private static let form = SSHSignature(namespace: "lander-plugin")

  /// Returns the text that is signed. Its digest covers all files except the signature.
  private static func statement(_ name: String, _ version: PluginVersion, _ tree: PluginTree) throws(Problem) -> String {
    let rest = try PluginTree(tree.files.filter { $0.path != file })
    return "lander plugin \(name) \(version) sha256 \(rest.digest.hex)\n"
  }

  /// Signs a plugin. - Parameter key: the file of a private key, or of a public key whose private part an agent holds.
  static func sign(_ tree: PluginTree, named name: String, _ version: PluginVersion, key: String) throws(Problem) -> String {
    try form.sign(try statement(name, version, tree), key: key)
  }

  /// Returns who signed a plugin.
  /// - Parameter signers: a file in the form of `allowed_signers`.
  /// - Throws: if none of the signers signed the plugin, or if its files differ from the signed files.
  static func signer(of tree: PluginTree, named name: String, _ version: PluginVersion, signers: String) throws(Problem) -> String {
    guard let signature = tree.text(file) else {
      throw Problem("plugin \(name) \(version) is not signed", fix: "its author can sign it: lander plugin sign --key FILE")
    }
    switch try form.find(try statement(name, version, tree), signature: signature, signers: signers) {
    case .signer(let name): return name
    case .unknownKey:
      throw Problem("plugin \(name) \(version) is signed by a key that \(signers) does not have", fix: "if you trust the key, add it there")
    case .barred:
      throw Problem(
        "plugin \(name) \(version) is signed by a key that is not valid for it now, according to \(signers)",
        fix: "check valid-after, valid-before and namespaces in the key's line")
    case .anotherText:
      throw Problem(
        "the signature of plugin \(name) \(version) does not fit its files: something was changed after it was signed",
        fix: "check what changed; then its author must sign it again")
    }
  }
}
