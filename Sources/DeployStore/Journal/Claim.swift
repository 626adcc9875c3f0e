import DeployCore
package import DeployModel
import Glibc

/// The right of one engine process to run one deployment. It is returned by `release`, with the last reference, and by the kernel when
/// the process dies. A deployment that has not concluded and can be claimed was *interrupted*.
package final class Claim: DeploymentClaim {
  package let deployment: Deployment.ID
  private let file: OpenFile

  /// - Returns: nil while another holder has it.
  init?(_ deployment: Deployment.ID, in folder: String) throws(Failure) {
    self.deployment = deployment
    file = try OpenFile("\(folder)/\(deployment)", O_RDWR | O_CREAT)
    // A process that only checks has the file for a moment: that is no reason to give up.
    var attempts = 20
    while !file.lock(exclusive: true) {
      attempts -= 1
      guard attempts > 0 else { return nil }
      usleep(5000)
    }
  }

  /// Whether somebody has the claim now.
  static func isHeld(_ deployment: Deployment.ID, in folder: String) -> Bool {
    guard let file = try? OpenFile("\(folder)/\(deployment)", O_RDONLY) else { return false }
    return !file.lock(exclusive: false)
  }

  package func release() { flock(file.descriptor, LOCK_UN) }
}

extension Deployment {
  /// Whether an id may name files: letters, digits, `-`, `_` and `.`, 1…64 of them, not starting with a dot.
  static func isName(_ id: Deployment.ID) -> Bool {
    (1...64).contains(id.utf8.count) && !id.hasPrefix(".") && id.utf8.allSatisfy(\.isPlainInName)
  }
}
