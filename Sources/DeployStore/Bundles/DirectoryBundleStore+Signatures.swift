package import DeployModel
import Glibc

/// Keeps the signatures of bundles, each next to its bundle's manifest. The store does not judge signatures, because the policy says who is
/// allowed to sign.
extension DirectoryBundleStore {
  /// The limit of a signature's text, in bytes. A signature by an RSA key of 16,384 bits has about 6,000 bytes.
  private static let mostSignature = 64 << 10
  private static let beginning = "-----BEGIN SSH SIGNATURE-----"

  private func place(ofSignature bundle: Digest) -> String { "\(manifests)/\(bundle.hex).sig" }

  /// Returns the text of a bundle's signature, or nil if the bundle has none.
  /// - Throws: an error if the signature cannot be read.
  package func signature(of bundle: Digest) throws(Problem) -> String? {
    let path = place(ofSignature: bundle)
    guard Self.isHex(bundle.hex), Disk.exists(path) else { return nil }
    do throws(Failure) { return String(decoding: try Disk.read(path, limit: Self.mostSignature), as: UTF8.self) } catch {
      throw Problem("the signature of bundle \(bundle.short) cannot be read: \(error.message)", subject: path, fix: error.fix)
    }
  }

  /// Keeps a bundle's signature, replacing any earlier one.
  package func keep(signature: String, of bundle: Digest) throws(Failure) {
    try Disk.write(Array(signature.utf8), to: place(ofSignature: bundle))
  }

  /// Keeps the signature that is next to an archive, such as `app.tar.gz.sig`. If that file is not an ssh signature, the file is ignored.
  /// - Returns: a warning if the file is the signature of something else, such as an earlier archive. Such a signature is not kept. Nil if
  ///   nothing is wrong.
  func takeSignature(beside archive: String, of bundle: Digest) throws(Failure) -> Problem? {
    guard let bytes = try? Disk.read("\(archive).sig", limit: Self.mostSignature) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.hasPrefix(Self.beginning), (try? signature(of: bundle)) != text else { return nil }
    guard isSignature(text, bundle) else {
      return Problem(
        "it is no signature of this archive, and is ignored", subject: "\(archive).sig",
        fix: "remove it, or put the archive's own there: lander bundle sign \(bundle.short) --key FILE --out \(archive).sig")
    }
    try keep(signature: text, of: bundle)
    return nil
  }
}
