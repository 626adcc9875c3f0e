/// Verifies who signed a text.
package protocol Signatures: Sendable {
  /// Returns the name of the person who signed a text; nil: none of these people did, or the signature cannot be verified.
  /// - Parameters:
  ///   - signers: the people and their keys, in the format of `allowed_signers`.
  ///   - names: the names of the people who may sign. A key that several of them share counts for the first, so that it never counts twice.
  func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String?
}

/// A `Signatures` that verifies no signature.
package struct NoSignatures: Signatures {
  package init() {}
  package func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String? { nil }
}
