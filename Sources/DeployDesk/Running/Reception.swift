package import DeployModel

/// The result of sending a message to a deployment.
package enum Reception: Sendable, Hashable {
  /// The deployment answered with this sentence.
  case answered(Deployment.ID, accepted: Bool, String)
  /// The message is in the deployment's journal, but the engine died before it answered. An engine that resumes the deployment will answer.
  case heard(Deployment.ID)
  /// The deployment has ended without the message.
  case ended(DeploymentPair)
  /// No engine runs the deployment.
  case unattended(DeploymentPair)
  /// The engine did not take the message in time, and the message was withdrawn.
  case ignored(Deployment.ID, after: Interval)
  /// The hosts have deleted the message together with the deployment's locks, because the deployment has ended or its rollback has begun.
  case lockGone(Deployment.ID)
  /// No engine took the message in time, and the message was withdrawn.
  /// - Parameter left: hosts that became unreachable and might still have the message. If an engine renews a lock on one of these hosts, it
  ///   will get the message.
  case silent(Deployment.ID, after: Interval, left: [String])
}
