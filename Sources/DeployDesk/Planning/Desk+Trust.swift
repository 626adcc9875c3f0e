import DeployModel

extension Desk {
  /// Refuses to send a bundle that this machine's policy does not believe. What hosts have already, they run and go back to all the same.
  /// - Returns: who signed it; nil: it sends nothing, or nobody whom the policy knows signed it.
  func refuseUnsigned(_ built: BuiltBundle) throws(Problems) -> String? {
    // A task, a removal and a release that hosts keep send nothing.
    guard !built.manifest.items.isEmpty else { return nil }
    guard let signer = try trust.signer(of: built.bundle.digest) else { return nil }
    tell(.remark("Bundle \(built.bundle.digest.short) is signed by \(signer)."))
    return Provenance.line(signer, limit: Provenance.actorLimit)
  }
}
