package import DeployModel

/// What comes to pass on the way to hosts between the operations, and what only the way to hosts can compare.
package protocol HostWatch: Sendable {
  /// From now on notices go there.
  func listen(_ heard: @escaping @Sendable (HostNotice) -> Void)
  /// Compares the current release of a host with its manifest, file by file. Changes nothing there.
  func verify(_ host: Host, at path: String, current: Release.ID) async throws(Failure) -> Verification
}

/// Something about a host that is no outcome of an operation.
package enum HostNotice: Sendable, Hashable {
  /// A host that was there went out of reach; it is tried again for that long.
  case away(String, Failure, patience: Interval)
  case back(String, after: Interval)
  /// A host gives its lock only after what earlier deployments left running there has ended; it waits for it, or ends it.
  case waiting(String, for: String, ending: Bool)
  /// Number of bytes of a pack that the host has, of how many.
  case sent(String, bytes: Int, of: Int)
}
