package import DeployModel

/// An event for a caller that follows a deployment while another process runs it.
package enum FollowedEvent: Sendable, Hashable {
  /// An entry that the caller has already seen, but that is needed to understand later entries.
  case known(Deployment.ID, Entry)
  case entry(Deployment.ID, Entry)
  /// There are no more entries at the moment.
  /// - Parameter stopped: the process that runs the deployment if that process is stopped (Ctrl-Z, SIGSTOP), or nil if it is not.
  case quiet(stopped: Int32?)
}
