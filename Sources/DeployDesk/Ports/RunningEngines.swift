package import DeployModel

/// The engine processes of this machine.
package protocol RunningEngines: Sendable {
  /// Asks the process that runs one of these deployments to end it in good order.
  /// - Returns: the process; nil if no process that holds the claim listens.
  func tell(_ deployments: [Deployment.ID]) async -> Int32?
  /// The process that runs one of these deployments, if it is stopped (Ctrl-Z, SIGSTOP): it hears nothing until it continues.
  func stopped(_ deployments: [Deployment.ID]) async -> Int32?
  /// Whether the process of a lock has ended; nil if this machine cannot know.
  func isGone(_ process: String?) -> Bool?
}
