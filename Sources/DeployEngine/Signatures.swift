/// Tells who signed a text.
package protocol Signatures: Sendable {
  /// - Parameter signers: those who may sign, with their keys, in the form of `allowed_signers`.
  /// - Returns: the name of the signer; nil: none of them signed this text, or nobody can tell.
  func signer(of text: String, signature: String, among signers: String) async -> String?
}

/// Believes nobody.
package struct NoSignatures: Signatures {
  package init() {}
  package func signer(of text: String, signature: String, among signers: String) async -> String? { nil }
}
