package import DeployModel

/// An event of running deployments.
package enum RunningEvent: Sendable, Hashable {
  /// An earlier entry from the journal of a resumed deployment, or of the failed deployment before it.
  case recalled(Deployment.ID, Entry)
  /// One of the last entries of the earlier engine, which might have died before it reported the entry.
  case repeated(Deployment.ID, Entry)
  case entry(Deployment.ID, Entry)
  /// The output of a command, if the caller asked for output.
  case output(OutputChunk)
  case notice(HostNotice, at: Timestamp)
}
