package import DeployCore
package import DeployModel

/// What this state folder knows of alarms, and the right to watch an alarm.
package protocol AlarmBook: Sendable {
  /// The alarm's record; nil: nobody has watched the alarm.
  func record(of deployment: Deployment.ID) throws(Problems) -> AlarmRecord?
  /// Replaces the record as a whole; the record is durable when this returns.
  func save(_ record: AlarmRecord) throws(Problems)
  /// The right to watch an alarm, until it is released or this process ends.
  /// - Throws: kind `locked` if another process has the right.
  func claim(_ deployment: Deployment.ID) throws(Problems) -> any DeploymentClaim
  /// Whether a process watches the alarm.
  func isWatched(_ deployment: Deployment.ID) -> Bool
}
