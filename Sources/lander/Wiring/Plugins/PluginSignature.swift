import DeployModel
import DeployStore
import Glibc

/// Signs plugins with ssh keys: `ssh-keygen -Y` over a line with the plugin's name, its version and the digest of its files.
enum PluginSignature {
  /// The signature's file in a plugin; signatures do not cover it.
  static let file = "plugin.sig"
  private static let namespace = "lander-plugin"
  /// The time limit of one call, in seconds.
  private static let timeout = 60

  /// The text that is signed. Its digest covers all files but the signature.
  static func statement(_ name: String, _ version: PluginVersion, _ tree: PluginTree) throws(Problem) -> String {
    let rest = try PluginTree(tree.files.filter { $0.path != file })
    return "lander plugin \(name) \(version) sha256 \(rest.digest.hex)\n"
  }

  /// Signs a line, and returns the signature.
  /// - Parameter key: the file of a private key, or of a public key whose private part an agent holds.
  static func sign(_ statement: String, key: String) throws(Problem) -> String {
    let ended = try keygen(["-Y", "sign", "-q", "-f", key, "-n", namespace], input: statement)
    guard ended.status == 0, ended.out.hasPrefix("-----BEGIN SSH SIGNATURE-----") else {
      throw Problem("ssh-keygen did not sign with \(key): \(ended.said)", fix: "name a private key, or a public one that ssh-agent holds")
    }
    return ended.out
  }

  /// Who signed a plugin.
  /// - Parameter signers: a file in the form of `allowed_signers`.
  /// - Throws: if none of them signed it, or if the files differ from the signed ones.
  static func signer(of tree: PluginTree, named name: String, _ version: PluginVersion, signers: String) throws(Problem) -> String {
    guard Folder.exists(signers) else { throw Problem("there is no file \(signers) of allowed signers", fix: "the policy names it") }
    if let reason = OwnFile.doubt(signers) { throw reason }
    guard let signature = tree.text(file) else {
      throw Problem("plugin \(name) \(version) is not signed", fix: "whoever makes it signs it: lander plugin sign --key FILE")
    }
    let place = try Place(signature)
    defer { place.remove() }
    let found = try keygen(["-Y", "find-principals", "-s", place.path, "-f", signers], input: "")
    let names = found.status == 0 ? found.out.split(separator: "\n").map(String.init) : []
    guard !names.isEmpty else {
      throw Problem("plugin \(name) \(version) is signed by a key that \(signers) does not have", fix: "add the key there if it is good")
    }
    let text = try statement(name, version, tree)
    for principal in names {
      let verified = try keygen(["-Y", "verify", "-f", signers, "-I", principal, "-n", namespace, "-s", place.path], input: text)
      if verified.status == 0 { return principal }
    }
    throw Problem(
      "the signature of plugin \(name) \(version) does not fit its files: something was changed after it was signed",
      fix: "look at what changed; whoever made it signs it anew")
  }

  private static func keygen(_ words: [String], input: String) throws(Problem) -> (status: Int, out: String, said: String) {
    var child = ChildProcess(argv: ["ssh-keygen"] + words)
    child.variables = [("LC_ALL", "C"), ("SSH_ASKPASS", "false"), ("SSH_ASKPASS_REQUIRE", "force")]
    child.input = Array(input.utf8)
    child.timeout = timeout
    child.grace = 2
    var (out, err): ([UInt8], [UInt8]) = ([], [])
    let ended: ChildProcess.Ended
    do { ended = try child.run { stream, bytes in if stream == 1 { out += bytes } else { err += bytes } } } catch {
      throw Problem("ssh-keygen cannot be started", fix: "install openssh-client")
    }
    guard case .exited(let status) = ended else {
      throw Problem("ssh-keygen did not end within \(timeout) s", fix: "a key with a passphrase belongs into ssh-agent: ssh-add")
    }
    let said = String(decoding: err, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? "it exited with \(status)"
    return (status, String(decoding: out, as: UTF8.self), said)
  }

  /// A signature in a file that only this user can read, as ssh-keygen wants it.
  private struct Place {
    let path: String
    init(_ text: String) throws(Problem) {
      var template = Array("/tmp/lander-signature-XXXXXX".utf8CString)
      let descriptor = mkstemp(&template)
      guard descriptor >= 0 else { throw Problem("no file can be made in /tmp", fix: "look at the room and the permissions there") }
      path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count <= 0 { break }
        rest = rest.dropFirst(count)
      }
      close(descriptor)
      guard rest.isEmpty else {
        remove()
        throw Problem("\(path) cannot be written", fix: "look at the room in /tmp")
      }
    }
    func remove() { unlink(path) }
  }
}
