package import DeployModel

/// What happens while deployments run, in order.
package enum RunningEvent: Sendable, Hashable {
  /// An entry that was in the journal before, of a deployment that is resumed or of the one that it follows from.
  case recalled(Deployment.ID, Entry)
  case entry(Deployment.ID, Entry)
  /// What a command wrote; only if somebody wants it.
  case output(OutputChunk)
  case notice(HostNotice, at: Timestamp)
}
