import DeployModel
import Glibc

/// Signs texts with ssh keys, and checks such signatures, by means of `ssh-keygen -Y`.
struct SSHSignature {
  /// The purpose of the signatures. A signature for another purpose does not count.
  let namespace: String
  /// The time limit of one call of ssh-keygen, in seconds.
  private static let timeout = 60
  /// The largest size of a signature's text, in bytes. A signature made with an RSA key of 16,384 bits has about 6,000.
  static let most = 64 << 10
  /// The largest size of a file of allowed signers, in bytes, and the largest number of its lines that are tried for one key.
  private static let (mostSigners, mostLines) = (4 << 20, 50)

  /// Returns whether a text looks like a signature.
  static func isSignature(_ text: String) -> Bool { text.hasPrefix("-----BEGIN SSH SIGNATURE-----") }

  /// Signs a text, and returns the signature.
  /// - Parameter key: the file of a private key, or of a public key whose private part an agent holds.
  func sign(_ text: String, key: String) throws(Problem) -> String {
    guard Folder.exists(key) else {
      throw Problem("there is no key \(key)", subject: "--key", fix: "ssh-keygen -t ed25519 makes one")
    }
    guard Folder.isFile(key) else {
      throw Problem(
        "\(key) is not a regular file, and ssh-keygen reads a key only from one", subject: "--key", fix: "name the file of a key")
    }
    let ended = try Self.keygen(["-Y", "sign", "-q", "-f", key, "-n", namespace], input: text)
    guard ended.status == 0, Self.isSignature(ended.out) else {
      throw Problem("ssh-keygen did not sign with \(key): \(ended.said)", fix: "name a private key, or a public key of ssh-agent")
    }
    return ended.out
  }

  /// Finds the allowed signer who signed a text.
  /// - Parameter signers: a file in the form of `allowed_signers`.
  func find(_ text: String, signature: String, signers: String) throws(Problem) -> Found {
    if let reason = OwnFile.doubt(signers) { throw reason }
    guard let known = try Folder.text(at: signers, most: Self.mostSigners) else {
      throw Problem("there is no file \(signers) of allowed signers", fix: "the policy names it")
    }
    return try find(text, signature: signature, among: known)
  }

  /// Finds the signer if the allowed signers are given as a text. Each line is tried separately, because ssh-keygen reports only the
  /// principals of the first line that has the key, even if it is a different line that allows the key to sign.
  /// - Parameter names: the names, in order of preference, one of which must have signed, or nil if any name in the lines is accepted.
  func find(_ text: String, signature: String, among signers: String, as names: [String]? = nil) throws(Problem) -> Found {
    let lines = SignatureKey(of: signature).lines(of: signers.withoutByteOrderMark)
    let sign = try Place(signature)
    defer { sign.remove() }
    for line in lines.prefix(Self.mostLines) {
      let file = try Place("\(line)\n")
      defer { file.remove() }
      let candidates = if let names { names } else { try Self.principals(of: sign.path, in: file.path) }
      for name in candidates {
        let words = ["-Y", "verify", "-f", file.path, "-I", name, "-n", namespace, "-s", sign.path]
        if try Self.keygen(words, input: text).status == 0 { return .signer(name) }
      }
    }
    guard try fits(text, signature: signature) else { return .anotherText }
    return lines.isEmpty ? .unknownKey : .barred
  }

  /// Returns the principals for whom a line allows a signature's key to sign now.
  private static func principals(of signature: String, in line: String) throws(Problem) -> [String] {
    let found = try keygen(["-Y", "find-principals", "-s", signature, "-f", line], input: "")
    return found.status == 0 ? found.out.fullLines.map(String.init) : []
  }

  /// Returns whether a signature belongs to this text, no matter which key made it.
  func fits(_ text: String, signature: String) throws(Problem) -> Bool {
    let place = try Place(signature)
    defer { place.remove() }
    return try Self.keygen(["-Y", "check-novalidate", "-n", namespace, "-s", place.path], input: text).status == 0
  }

  enum Found {
    case signer(String)
    /// The signature's key does not belong to any of the allowed signers.
    case unknownKey
    /// The key is known, but because of their namespaces, times or names, no line allows it to sign this now.
    case barred
    /// The signature belongs to another text, or to another purpose.
    case anotherText
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
      throw Problem("ssh-keygen did not end within \(timeout) s", fix: "a key with a passphrase belongs in ssh-agent: ssh-add")
    }
    let said = String(decoding: err, as: UTF8.self).fullLines.last.map(String.init) ?? "it exited with \(status)"
    return (status, String(decoding: out, as: UTF8.self), said)
  }
}

/// A signature in a temporary file that only this user can read. It is in a file because ssh-keygen reads files.
private struct Place {
  let path: String

  init(_ text: String) throws(Problem) {
    var template = Array("/tmp/lander-signature-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Problem("no file can be made in /tmp", fix: "check the free space and the permissions there") }
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
      throw Problem("\(path) cannot be written", fix: "check the free space in /tmp")
    }
  }

  func remove() { unlink(path) }
}
