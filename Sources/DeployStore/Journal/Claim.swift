import DeployCore
import DeployGround
package import DeployModel

/// The right of one engine process to run one deployment. The right ends with `release`, with the last reference to this object, or when
/// the process dies, because it is a lock of the kernel. A deployment that has not ended and can be claimed was *interrupted*.
package final class Claim: DeploymentClaim {
  package let deployment: Deployment.ID
  private let lock: FileLock

  /// - Returns: nil if another process has the claim.
  init?(_ deployment: Deployment.ID, in folder: String) throws(Failure) {
    let path = "\(folder)/\(deployment)"
    do throws(SystemError) {
      guard let lock = try FileLock(path) else { return nil }
      self.lock = lock
    } catch { throw Disk.failure("create", path, error.code) }
    self.deployment = deployment
  }

  /// Returns whether a process has the claim now.
  static func isHeld(_ deployment: Deployment.ID, in folder: String) -> Bool { FileLock.isHeld("\(folder)/\(deployment)") }

  package func release() { lock.release() }
}

extension Deployment {
  /// Returns whether an id can be the name of a file: 1 to 64 letters, digits, `-`, `_` and `.`, and no dot at the beginning.
  static func isName(_ id: Deployment.ID) -> Bool {
    (1...64).contains(id.rawValue.utf8.count) && !id.begins(with: ".") && id.rawValue.utf8.allSatisfy(\.isPlainInName)
  }
}
