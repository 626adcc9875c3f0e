package import DeployModel

/// Verifies the signatures of bundles according to this machine's policy.
package protocol BundleTrust: Sendable {
  /// Returns the signer of a bundle, or nil if no known signer signed it and the policy does not demand a signature.
  /// - Throws: if the policy demands a signature, and the bundle has no valid one.
  func signer(of bundle: Digest) throws(Problems) -> String?
}

/// A policy that demands no signatures.
package struct AnyBundle: BundleTrust {
  package init() {}
  package func signer(of bundle: Digest) throws(Problems) -> String? { nil }
}
