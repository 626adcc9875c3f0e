/// The request to a host to keep the lock of a deployment that is about to be parked.
package struct ParkRequest: Sendable, Hashable, Codable {
  package var parked: Parked
  /// How long the lock stays valid without an engine, counted from the request.
  package var lease: Interval

  package init(_ parked: Parked, lease: Interval) {
    self.parked = parked
    self.lease = lease
  }
}

/// The request to a host when an engine resumes a parked deployment. If several engines try, the host accepts only one of them.
package struct UnparkRequest: Sendable, Hashable, Codable {
  /// The person who resumes, as `user@machine`.
  package var by: String
  /// Identifies this engine among the engines that try to resume. Empty if the engine that parked the deployment is also the engine that
  /// resumes it.
  package var claim: String
  /// The number of the parking, according to this engine's journal. A host refuses an engine with an earlier number, whose journal is too
  /// old.
  package var round: Int
  /// The number of hosts that the deployment has locked. If there are several, a message in only one host's inbox is not enough for the
  /// deployment to continue.
  package var hosts: Int
  /// How long the lock stays valid without a renewal, counted from the request.
  package var lease: Interval

  package init(by: String, claim: String, round: Int, hosts: Int, lease: Interval) {
    self.hosts = hosts
    self.by = by
    self.claim = claim
    self.round = round
    self.lease = lease
  }
}
