import DeployDesk
import DeployModel
import DeployReport

extension PastDeployments {
  /// Returns the open gate of a deployment that has not ended, or nil if no gate is open.
  func openGate(of deployment: DeploymentSummary) async throws -> GateStory? {
    switch deployment.state {
    case .running, .interrupted: DeploymentStory(try await journal.entries(of: deployment.id).entries).openGate
    case .concluded, .damaged, .superseded: nil
    }
  }
}
