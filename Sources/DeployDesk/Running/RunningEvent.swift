package import DeployModel

/// What happens while deployments run, in order.
package enum RunningEvent: Sendable, Hashable {
  /// An entry that the journal had before, of a resumed deployment or of the one that it follows from.
  case recalled(Deployment.ID, Entry)
  /// The same, one of the last ones: the earlier engine may have died before it told it.
  case repeated(Deployment.ID, Entry)
  case entry(Deployment.ID, Entry)
  /// The output of a command; only if somebody wants it.
  case output(OutputChunk)
  case notice(HostNotice, at: Timestamp)
}
