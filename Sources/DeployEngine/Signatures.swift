/// Tells who signed a text.
package protocol Signatures: Sendable {
  /// - Parameters:
  ///   - signers: the people and their keys, in the form of `allowed_signers`.
  ///   - names: the names of the people who may sign. A key of several people counts for the first of them, so that it never counts twice.
  /// - Returns: the name of the signer; nil: none of them signed this text, or it cannot be verified.
  func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String?
}

/// Verifies no signature.
package struct NoSignatures: Signatures {
  package init() {}
  package func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String? { nil }
}
