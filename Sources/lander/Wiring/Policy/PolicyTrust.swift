import DeployDesk
import DeployModel
import DeployStore

/// Finds the signer of a bundle, among the signers that this machine's policy trusts.
struct PolicyTrust: BundleTrust {
  let store: DirectoryBundleStore

  func signer(of bundle: Digest) throws(Problems) -> String? {
    guard let (policy, path) = try PolicyFile.read(), let signers = policy.allowedSigners else { return nil }
    do throws(Problem) {
      let signature = try store.signature(of: bundle)
      guard policy.demandsSignedBundles || signature != nil else { return nil }
      return try BundleSignature.signer(of: bundle, signature, signers: signers)
    } catch {
      guard policy.demandsSignedBundles else { return nil }
      var problem = error
      problem.message += ", and the policy \(path) demands signed bundles"
      throw Problems(problem, exit: .refused)
    }
  }
}
