import DeployModel
import DeployStore

/// Signs a bundle of the store.
struct BundleSigning {
  let store: DirectoryBundleStore
  let bundle: Digest

  /// - Parameter key: the file of a key, absolute.
  func sign(key: String) throws { try store.keep(signature: try BundleSignature.sign(bundle, key: key), of: bundle) }

  /// Takes in a signature that was made elsewhere.
  /// - Throws: if it is none of this bundle.
  func take(_ path: String) throws {
    guard let text = try Folder.text(at: path, most: SSHSignature.most) else {
      throw Problems(Problem("there is no file \(path)", subject: "--signature", fix: "name the file that lander bundle sign --out wrote"))
    }
    guard SSHSignature.isSignature(text), try BundleSignature.fits(bundle, text) else {
      throw Problems(
        Problem(
          "\(path) is no signature of bundle \(bundle.short)", subject: "--signature",
          fix: "whoever built the bundle writes one: lander bundle sign \(bundle.short) --key FILE --out FILE"))
    }
    try store.keep(signature: text, of: bundle)
  }

  /// Who signed it, of those whom this machine's policy names; nil: none of them did, or there is no policy.
  func signer() throws -> String? {
    guard let signers = try PolicyFile.read()?.policy.allowedSigners, let signature = try store.signature(of: bundle) else { return nil }
    return try? BundleSignature.signer(of: bundle, signature, signers: signers)
  }

  /// Writes the signature to a file.
  func write(to path: String) throws { try Folder.write(try store.signature(of: bundle) ?? "", to: path) }
}
