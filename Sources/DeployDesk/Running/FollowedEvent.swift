package import DeployModel

/// What a follower of a deployment that another process runs gets to know.
package enum FollowedEvent: Sendable, Hashable {
  /// An entry that the follower has seen before, and needs in order to understand the others.
  case known(Deployment.ID, Entry)
  case entry(Deployment.ID, Entry)
  /// No more entries for the moment.
  /// - Parameter stopped: the process that runs the deployment, if somebody has stopped it (Ctrl-Z, SIGSTOP).
  case quiet(stopped: Int32?)
}
