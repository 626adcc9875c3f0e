/// A deployment configuration for the hosts of one plan, with all its amounts resolved to numbers of hosts.
package struct Bounds: Sendable, Hashable, Codable {
  /// The minimum number of hosts that keep serving.
  package var floor: Int
  /// The maximum number of hosts that change at the same time.
  package var parallel: Int
  /// The number of hosts that are allowed to fail.
  package var failed: Int
  /// The number of hosts that are allowed to be unreachable.
  package var unreachable: Int
  /// The number of hosts that are allowed to fail in a single wave, or nil if there is no limit beyond `failed`.
  package var failedInWave: Int?
  /// The number of hosts that must stay healthy by CodeDeploy's rule, which replaces the budgets, or nil if that rule does not apply.
  package var healthy: Int?
  /// The share of hosts, 0…1, that is expected to fail with any release. The wave gate uses this share. Nil means that there is no wave
  /// gate.
  package var base: Double?
  /// The number of times that the engine retries a step that failed because of the host or the connection. Nil if the engine never retries.
  package var retries: Int?
  /// The rules for hosts that have the same value of a tag, or nil if there are none.
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
