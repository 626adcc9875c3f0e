package import DeployModel

/// Reports what happens on the connections to hosts between operations, and compares releases on hosts with their manifests.
package protocol HostWatch: Sendable {
  /// Calls `heard` with each notice from now on.
  func listen(_ heard: @escaping @Sendable (HostNotice) -> Void)
  /// Compares every file of a host's current release with the manifest. Changes nothing on the host.
  func verify(_ host: Host, at path: String, current: Release.ID) async throws(Failure) -> Verification
}

/// A notice about a host. It is not the outcome of an operation.
package enum HostNotice: Sendable, Hashable {
  /// A host that had answered before became unreachable. Lander keeps trying to reach it for the time `patience`.
  case away(String, Failure, patience: Interval)
  case back(String, after: Interval)
  /// A host does not grant its lock until jobs of earlier deployments have ended. It waits for these jobs, or ends them if `ending` is
  /// true.
  case waiting(String, for: String, ending: Bool)
  /// The number of bytes of a pack that the host has received, and the pack's total number of bytes.
  case sent(String, bytes: Int, of: Int)
}
