package import DeployCore
package import DeployModel

/// The records of alarms in this state folder, and the right to watch an alarm.
package protocol AlarmBook: Sendable {
  /// Returns the alarm's record, or nil if nobody has watched the alarm yet.
  func record(of deployment: Deployment.ID) throws(Problems) -> AlarmRecord?
  /// Replaces the record in one step. When this returns, the record is safely on disk.
  func save(_ record: AlarmRecord) throws(Problems)
  /// Returns the exclusive right to watch an alarm. The right lasts until it is released, or until this process ends.
  /// - Throws: exit code `locked` if another process has the right.
  func claim(_ deployment: Deployment.ID) throws(Problems) -> any DeploymentClaim
  /// Whether a process is watching the alarm now.
  func isWatched(_ deployment: Deployment.ID) -> Bool
}
