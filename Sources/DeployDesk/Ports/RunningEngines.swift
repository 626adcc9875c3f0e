package import DeployModel

/// Finds the engine processes of this machine.
package protocol RunningEngines: Sendable {
  /// Asks the process that runs one of these deployments to end the deployment in an orderly way.
  /// - Returns: the process id, or nil if no such process is listening.
  func tell(_ deployments: [Deployment.ID]) async -> Int32?
  /// Returns the process that runs one of these deployments and is stopped (Ctrl-Z, SIGSTOP), or nil if there is no such process. A stopped
  /// process receives nothing until it is continued.
  func stopped(_ deployments: [Deployment.ID]) async -> Int32?
  /// Whether the process that a lock mentions has ended, or nil if this machine cannot know that.
  func isGone(_ process: String?) -> Bool?
}
