package import DeployModel

/// What happens while deployments run, in order.
package enum RunningEvent: Sendable, Hashable {
  /// An earlier entry of the journal: of a resumed deployment, or of the deployment that it follows from.
  case recalled(Deployment.ID, Entry)
  /// The same, one of the last ones: the earlier engine may have died before it told it.
  case repeated(Deployment.ID, Entry)
  case entry(Deployment.ID, Entry)
  /// The output of a command, if it was asked for.
  case output(OutputChunk)
  case notice(HostNotice, at: Timestamp)
}
