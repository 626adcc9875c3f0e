/// The configuration in numbers, for the hosts of this plan.
package struct Bounds: Sendable, Hashable, Codable {
  /// Hosts that keep serving.
  package var floor: Int
  /// Hosts in flight at once.
  package var parallel: Int
  /// The number of hosts that may fail, and the number of hosts that may be out of reach.
  package var failed: Int
  package var unreachable: Int
  /// The number of hosts that may fail in a single wave; nil: as many as in the whole deployment.
  package var failedInWave: Int?
  /// Hosts that must stay healthy by CodeDeploy's rule, which then replaces the budgets; nil: the rule does not apply.
  package var healthy: Int?
  /// The share of hosts, 0…1, that fails whatever the release is, for the wave gate. Nil: there is no wave gate.
  package var base: Double?
  /// How often an engine step is retried in place if the host or its connection caused the failure; nil: never.
  package var retries: Int?
  /// The rules for hosts that share the value of a tag; nil: there are none.
  package var neighbours: [Neighbours]?
  package init(
    floor: Int, parallel: Int, failed: Int, unreachable: Int, failedInWave: Int? = nil, healthy: Int? = nil, base: Double? = nil,
    retries: Int? = nil, neighbours: [Neighbours]? = nil
  ) {
    self.neighbours = neighbours
    self.floor = floor
    self.parallel = parallel
    self.failed = failed
    self.unreachable = unreachable
    self.failedInWave = failedInWave
    self.healthy = healthy
    self.base = base
    self.retries = retries
  }
}
