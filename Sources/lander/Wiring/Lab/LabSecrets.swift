import DeployModel
import DeployStore

/// Gives every secret a made-up value, so that a lab needs no real secrets and puts none on this machine's disk.
struct LabSecrets: SecretProvider {
  let name = "the lab"

  func value(of secret: String) async throws(Failure) -> String? { "lab-value-of-\(secret)" }
}
