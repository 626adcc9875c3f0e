/// Verifies who signed a string.
package protocol Signatures: Sendable {
  /// Returns the name of the person who signed a string, or nil if none of these people did or the signature cannot be verified.
  /// - Parameters:
  ///   - signers: the people and their keys, in the format of `allowed_signers`.
  ///   - names: the names of the people who are allowed to sign. If several of them share a key, the key counts for the first of them, so
  ///     that it never counts twice.
  func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String?
}

/// A `Signatures` that verifies no signature.
package struct NoSignatures: Signatures {
  package init() {}
  package func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String? { nil }
}
