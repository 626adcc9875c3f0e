package import DeployModel

/// Finds the engine processes of this machine.
package protocol RunningEngines: Sendable {
  /// Asks the process that runs one of these deployments to end that deployment in an orderly way.
  /// - Returns: the process id, or nil if no such process listens.
  func tell(_ deployments: [Deployment.ID]) async -> Int32?
  /// Returns the process that runs one of these deployments if the process is stopped (Ctrl-Z, SIGSTOP), or nil if there is no such
  /// process. A stopped process receives nothing until it continues.
  func stopped(_ deployments: [Deployment.ID]) async -> Int32?
  /// Whether the process in a lock has ended, or nil if this machine cannot know.
  func isGone(_ process: String?) -> Bool?
}
