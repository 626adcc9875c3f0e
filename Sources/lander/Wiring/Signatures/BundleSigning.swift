import DeployModel
import DeployStore

/// Signs a bundle of the store.
struct BundleSigning {
  let store: DirectoryBundleStore
  let bundle: Digest

  /// Signs the bundle, or adds a signature that was made elsewhere.
  /// - Parameters:
  ///   - key: the file of a key, absolute.
  ///   - signature: the file of a signature, absolute.
  /// - Throws: if both files are given, or neither.
  func sign(key: String?, or signature: String?) throws {
    switch (key, signature) {
    case (let key?, nil): try store.keep(signature: try BundleSignature.sign(bundle, key: key), of: bundle)
    case (nil, let path?): try take(path)
    default:
      throw Problems(
        Problem(
          "give either a key, or a signature that was made elsewhere", subject: "--key", fix: "--key FILE, or --signature FILE"))
    }
  }

  /// Adds a signature that was made elsewhere.
  /// - Throws: if the signature does not belong to this bundle.
  private func take(_ path: String) throws {
    guard let text = try InputFile(option: "--signature", path: path, most: SSHSignature.most).text() else {
      throw Problems(Problem("there is no file \(path)", subject: "--signature", fix: "name the file that lander bundle sign --out wrote"))
    }
    guard SSHSignature.isSignature(text), try BundleSignature.fits(bundle, text) else {
      throw Problems(
        Problem(
          "\(path) is not a signature of bundle \(bundle.short)", subject: "--signature",
          fix: "whoever built the bundle can write one: lander bundle sign \(bundle.short) --key FILE --out FILE"))
    }
    try store.keep(signature: text, of: bundle)
  }

  /// Returns the signer who signed the bundle and whom this machine's policy allows. Returns nil if there is no such signer, or no policy.
  func signer() throws -> String? {
    guard let signers = try PolicyFile.read()?.policy.allowedSigners, let signature = try store.signature(of: bundle) else { return nil }
    return try? BundleSignature.signer(of: bundle, signature, signers: signers)
  }

  /// Writes the signature to a file.
  func write(to path: String) throws { try Folder.write(try store.signature(of: bundle) ?? "", to: path) }
}
