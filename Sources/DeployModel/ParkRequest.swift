/// The request to a host when its deployment is parked.
package struct ParkRequest: Sendable, Hashable, Codable {
  package var parked: Parked
  /// How long the lock stays from now on without an engine.
  package var lease: Interval

  package init(_ parked: Parked, lease: Interval) {
    self.parked = parked
    self.lease = lease
  }
}

/// The request to a host when an engine resumes a parked deployment. A host accepts one of several engines.
package struct UnparkRequest: Sendable, Hashable, Codable {
  /// Who resumes: `user@machine`.
  package var by: String
  /// Identifies this engine among those that want to resume; empty: the engine that parked the deployment resumes it itself.
  package var claim: String
  /// The round in which the deployment was parked, by this engine's journal. An engine with an earlier round knows too little.
  package var round: Int
  /// Number of hosts that the deployment has locked. A message through only one of several hosts does not lead the deployment further.
  package var hosts: Int
  /// How long the lock stays from now on without a renewal.
  package var lease: Interval

  package init(by: String, claim: String, round: Int, hosts: Int, lease: Interval) {
    self.hosts = hosts
    self.by = by
    self.claim = claim
    self.round = round
    self.lease = lease
  }
}
