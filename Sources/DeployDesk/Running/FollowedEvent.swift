package import DeployModel

/// What somebody learns who follows a deployment that another process runs.
package enum FollowedEvent: Sendable, Hashable {
  /// An entry that the follower has seen before, and needs to understand the others.
  case known(Deployment.ID, Entry)
  case entry(Deployment.ID, Entry)
  /// Nothing more is written for the moment.
  /// - Parameter stopped: the process that runs the deployment, if somebody has stopped it (Ctrl-Z, SIGSTOP).
  case quiet(stopped: Int32?)
}
