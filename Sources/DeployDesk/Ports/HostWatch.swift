package import DeployModel

/// Reports what happens on the connections to hosts between operations, and has hosts compare their files.
package protocol HostWatch: Sendable {
  /// Sends notices to `heard` from now on.
  func listen(_ heard: @escaping @Sendable (HostNotice) -> Void)
  /// Compares the current release of a host with its manifest, file by file. Changes nothing there.
  func verify(_ host: Host, at path: String, current: Release.ID) async throws(Failure) -> Verification
}

/// Something about a host that is not the outcome of an operation.
package enum HostNotice: Sendable, Hashable {
  /// A host that answered before went out of reach; lander tries it again for this long.
  case away(String, Failure, patience: Interval)
  case back(String, after: Interval)
  /// A host gives its lock only after jobs of earlier deployments have ended; the host waits for these jobs, or ends them.
  case waiting(String, for: String, ending: Bool)
  /// Number of bytes of a pack that the host has, and number of all bytes.
  case sent(String, bytes: Int, of: Int)
}
