/// A deployment configuration whose amounts are resolved to numbers of hosts, for the hosts of one plan.
package struct Bounds: Sendable, Hashable, Codable {
  /// The minimum number of hosts that keep serving.
  package var floor: Int
  /// The maximum number of hosts that change at the same time.
  package var parallel: Int
  /// The number of hosts that may fail.
  package var failed: Int
  /// The number of hosts that may be unreachable.
  package var unreachable: Int
  /// The number of hosts that may fail in a single wave; nil: no limit beyond `failed`.
  package var failedInWave: Int?
  /// The number of hosts that must stay healthy by CodeDeploy's rule, which replaces the budgets; nil: that rule does not apply.
  package var healthy: Int?
  /// The share of hosts, 0…1, that is expected to fail with any release; the wave gate uses it. Nil: there is no wave gate.
  package var base: Double?
  /// How often the engine repeats a failed step if the host or the connection caused the failure; nil: never.
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
