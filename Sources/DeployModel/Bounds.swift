/// The configuration in numbers, for the hosts of this plan.
package struct Bounds: Sendable, Hashable, Codable {
  /// Hosts that keep serving.
  package var floor: Int
  /// Hosts in flight at once.
  package var parallel: Int
  /// Hosts that may fail, and that may be out of reach.
  package var failed: Int
  package var unreachable: Int
  /// Hosts that may fail in a single wave; nil: as many as may fail.
  package var failedInWave: Int?
  /// Hosts that have to stay healthy by CodeDeploy's rule, which then decides instead of the budgets; nil: it does not.
  package var healthy: Int?
  /// The share of hosts, 0…1, that fail whatever the release is: the wave gate compares with it. nil: there is no wave gate.
  package var base: Double?
  /// How often a step of the engine's own is tried again in place when the host or the way to it was to blame; nil: never.
  package var retries: Int?
  /// What holds among hosts that share the value of a tag; nil: nothing does.
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
