import DeployModel

extension Desk {
  /// Refuses to send a bundle that this machine's policy does not trust. Hosts still run and go back to bundles that they have already.
  /// - Returns: the signer; nil: nothing is sent, or no signer whom the policy knows signed the bundle.
  func refuseUnsigned(_ built: BuiltBundle) throws(Problems) -> String? {
    // A task, a removal and a release that hosts keep send nothing.
    guard !built.manifest.items.isEmpty else { return nil }
    guard let signer = try trust.signer(of: built.bundle.digest) else { return nil }
    tell(.remark("Bundle \(built.bundle.digest.short) is signed by \(signer)."))
    return Provenance.line(signer, limit: Provenance.actorLimit)
  }
}
