import DeployCore
import DeployGround
package import DeployModel

/// The right of one engine process to run one deployment. It is returned by `release`, with the last reference, and by the kernel when
/// the process dies. A deployment that has not concluded and can be claimed was *interrupted*.
package final class Claim: DeploymentClaim {
  package let deployment: Deployment.ID
  private let lock: FileLock

  /// - Returns: nil while another holder has it.
  init?(_ deployment: Deployment.ID, in folder: String) throws(Failure) {
    let path = "\(folder)/\(deployment)"
    do throws(SystemError) {
      guard let lock = try FileLock(path) else { return nil }
      self.lock = lock
    } catch { throw Disk.failure("create", path, error.code) }
    self.deployment = deployment
  }

  /// Whether somebody has the claim now.
  static func isHeld(_ deployment: Deployment.ID, in folder: String) -> Bool { FileLock.isHeld("\(folder)/\(deployment)") }

  package func release() { lock.release() }
}

extension Deployment {
  /// Whether an id may name files: letters, digits, `-`, `_` and `.`, 1…64 of them, not starting with a dot.
  static func isName(_ id: Deployment.ID) -> Bool {
    (1...64).contains(id.utf8.count) && !id.hasPrefix(".") && id.utf8.allSatisfy(\.isPlainInName)
  }
}
