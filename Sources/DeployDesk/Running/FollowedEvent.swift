package import DeployModel

/// What a follower learns of a deployment that another process runs.
package enum FollowedEvent: Sendable, Hashable {
  /// An entry that the follower has seen before, and needs in order to understand the others.
  case known(Deployment.ID, Entry)
  case entry(Deployment.ID, Entry)
  /// No more entries for the moment.
  /// - Parameter stopped: the process that runs the deployment, if the process is stopped (Ctrl-Z, SIGSTOP).
  case quiet(stopped: Int32?)
}
