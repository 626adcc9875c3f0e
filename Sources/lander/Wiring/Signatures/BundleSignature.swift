import DeployModel

/// The signature of a bundle. It covers a line with the bundle's digest.
enum BundleSignature {
  private static let form = SSHSignature(namespace: "lander-bundle")

  private static func statement(_ bundle: Digest) -> String { "lander bundle sha256 \(bundle.hex)\n" }

  /// Signs a bundle. - Parameter key: the file of a private key, or of a public key whose private part an agent holds.
  static func sign(_ bundle: Digest, key: String) throws(Problem) -> String { try form.sign(statement(bundle), key: key) }

  /// Returns whether a signature belongs to this bundle, no matter which key made it.
  static func fits(_ bundle: Digest, _ signature: String) throws(Problem) -> Bool {
    try form.fits(statement(bundle), signature: signature)
  }

  /// Returns who signed a bundle.
  /// - Parameters:
  ///   - signature: the bundle's signature, or nil if it has none.
  ///   - signers: a file in the form of `allowed_signers`.
  /// - Throws: if none of the signers signed the bundle.
  static func signer(of bundle: Digest, _ signature: String?, signers: String) throws(Problem) -> String {
    guard let signature else {
      throw Problem(
        "bundle \(bundle.short) is not signed", fix: "whoever built it can sign it: lander bundle sign \(bundle.short) --key FILE")
    }
    switch try form.find(statement(bundle), signature: signature, signers: signers) {
    case .signer(let name): return name
    case .unknownKey:
      throw Problem("bundle \(bundle.short) is signed by a key that \(signers) does not have", fix: "if you trust the key, add it there")
    case .barred:
      throw Problem(
        "bundle \(bundle.short) is signed by a key that is not valid for it now, according to \(signers)",
        fix: "check valid-after, valid-before and namespaces in the key's line")
    case .anotherText:
      throw Problem(
        "the signature of bundle \(bundle.short) belongs to something else",
        fix: "whoever built the bundle must sign it again: lander bundle sign \(bundle.short) --key FILE")
    }
  }
}
