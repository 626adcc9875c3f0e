package import DeployModel

/// Finds the engine processes of this machine.
package protocol RunningEngines: Sendable {
  /// Asks the process that runs one of these deployments to end the deployment in good order.
  /// - Returns: the process id, or nil if no process that runs one of them listens.
  func tell(_ deployments: [Deployment.ID]) async -> Int32?
  /// Returns the process that runs one of these deployments if it is stopped (Ctrl-Z, SIGSTOP) and hears nothing until it continues; nil:
  /// none is.
  func stopped(_ deployments: [Deployment.ID]) async -> Int32?
  /// Whether the process that a lock names has ended, or nil if this machine cannot know.
  func isGone(_ process: String?) -> Bool?
}
