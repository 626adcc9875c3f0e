/// What a host is told when its deployment parks.
package struct ParkRequest: Sendable, Hashable, Codable {
  package var parked: Parked
  /// How long the lock stays from now on without an engine.
  package var lease: Interval

  package init(_ parked: Parked, lease: Interval) {
    self.parked = parked
    self.lease = lease
  }
}

/// What a host is told when an engine resumes a parked deployment. A host accepts one of several engines.
package struct UnparkRequest: Sendable, Hashable, Codable {
  /// Who resumes: `user@machine`.
  package var by: String
  /// Tells apart the engines that want to resume; empty: the engine that parked it resumes it itself.
  package var claim: String
  /// The round in which it was parked, as this engine's journal has it. An engine of an earlier round knows too little.
  package var round: Int
  /// Number of hosts that the deployment has locked: who speaks through one of several leads it no further.
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
