package import DeployModel

/// The signatures of bundles that this machine trusts.
package protocol BundleTrust: Sendable {
  /// - Returns: the signer of a bundle; nil: no known signer signed it, and none is required.
  /// - Throws: if this machine's policy demands a signature, and there is no valid one.
  func signer(of bundle: Digest) throws(Problems) -> String?
}

/// Requires no signatures.
package struct AnyBundle: BundleTrust {
  package init() {}
  package func signer(of bundle: Digest) throws(Problems) -> String? { nil }
}
