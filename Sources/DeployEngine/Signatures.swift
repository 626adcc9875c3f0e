/// Tells who signed a text.
package protocol Signatures: Sendable {
  /// - Parameters:
  ///   - signers: those who have keys, in the form of `allowed_signers`.
  ///   - names: of those who may sign. A key that signs for several of them has the first one's name, so that it never counts twice.
  /// - Returns: the name of the signer; nil: none of them signed this text, or nobody can tell.
  func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String?
}

/// Believes nobody.
package struct NoSignatures: Signatures {
  package init() {}
  package func signer(of text: String, signature: String, among signers: String, as names: [String]) async -> String? { nil }
}
