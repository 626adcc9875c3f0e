import DeployModel

extension Desk {
  /// Refuses to send a bundle that this machine's policy does not trust. Hosts can still run, or be rolled back to, bundles that they
  /// already have.
  /// - Returns: the signer, or nil if nothing is sent or no known signer signed the bundle.
  func refuseUnsigned(_ built: BuiltBundle) throws(Problems) -> String? {
    // Tasks, removals, and rollbacks to releases that hosts keep send nothing.
    guard !built.manifest.items.isEmpty else { return nil }
    guard let signer = try trust.signer(of: built.bundle.digest) else { return nil }
    tell(.remark("Bundle \(built.bundle.digest.short) is signed by \(signer)."))
    return Provenance.line(signer, limit: Provenance.actorLimit)
  }
}
