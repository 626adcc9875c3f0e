/// Verifies who signed a string.
package protocol Signatures: Sendable {
  /// Returns the name of the person who signed a string. Nil if none of the named people signed it, or if the signature cannot be verified.
  /// - Parameters:
  ///   - signers: the people and their keys, in the format of `allowed_signers`.
  ///   - names: the names of the people who are allowed to sign. If several people share a key, the key counts only for the first of them,
  ///     so that it never counts twice.
  func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String?
}

/// A `Signatures` that verifies no signature.
package struct NoSignatures: Signatures {
  package init() {}
  package func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String? { nil }
}
