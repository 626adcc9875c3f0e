import DeployModel

extension Desk {
  /// Refuses to send a bundle that this machine's policy does not believe. What hosts have already, they run and go back to all the same.
  func refuseUnsigned(_ built: BuiltBundle) throws(Problems) {
    // A task, a removal and a release that hosts keep send nothing.
    guard !built.manifest.items.isEmpty else { return }
    guard let signer = try trust.signer(of: built.bundle.digest) else { return }
    tell(.remark("Bundle \(built.bundle.digest.short) is signed by \(signer)."))
  }
}
