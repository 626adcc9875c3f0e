package import DeployModel

/// The result of a message to a deployment.
package enum Reception: Sendable, Hashable {
  /// The deployment answered, in words.
  case answered(Deployment.ID, accepted: Bool, String)
  /// The message is in its journal, and its engine died before it answered. Whoever resumes it hears the message.
  case heard(Deployment.ID)
  /// The deployment has ended without hearing the message.
  case ended(DeploymentPair)
  /// No engine runs the deployment.
  case unattended(DeploymentPair)
  /// Its engine did not take the message in time; the message was taken back.
  case ignored(Deployment.ID, after: Interval)
  /// The hosts that had the message deleted it with the deployment's locks: the deployment has ended, or its rollback began.
  case lockGone(Deployment.ID)
  /// No engine took the message in time, and the message was taken back.
  /// - Parameter left: hosts that went out of reach and may still have the message; an engine that renews the lock there hears it.
  case silent(Deployment.ID, after: Interval, left: [String])
}
