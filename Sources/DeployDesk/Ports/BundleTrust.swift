package import DeployModel

/// Whom this machine believes about bundles.
package protocol BundleTrust: Sendable {
  /// - Returns: who signed a bundle; nil: nobody whom this machine knows, and nobody asks.
  /// - Throws: if this machine's policy demands a signature, and there is no good one.
  func signer(of bundle: Digest) throws(Problems) -> String?
}

/// Asks for no signatures.
package struct AnyBundle: BundleTrust {
  package init() {}
  package func signer(of bundle: Digest) throws(Problems) -> String? { nil }
}
