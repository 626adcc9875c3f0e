package import DeployCore
package import DeployModel

/// What this state folder knows of alarms, and the right to watch one.
package protocol AlarmBook: Sendable {
  /// Nil: nobody has watched it.
  func record(of deployment: Deployment.ID) throws(Problems) -> AlarmRecord?
  /// Replaces the record as a whole; it is durable when this returns.
  func save(_ record: AlarmRecord) throws(Problems)
  /// The right to watch, until it is released or this process dies.
  /// - Throws: kind `locked` if another process has it.
  func claim(_ deployment: Deployment.ID) throws(Problems) -> any DeploymentClaim
  /// Whether a process watches it.
  func isWatched(_ deployment: Deployment.ID) -> Bool
}
