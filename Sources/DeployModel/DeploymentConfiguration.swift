/// The limits of a deployment, which no strategy can exceed.
package struct DeploymentConfiguration: Sendable, Hashable, Codable {
  package var name: String
  /// The minimum number of hosts that keep serving, or nil for the default, which the planner computes.
  package var floor: Amount?
  /// The maximum number of hosts that change at the same time, or nil for all hosts of a wave.
  package var parallel: Amount?
  /// The number of hosts that are allowed to fail in a deployment that still succeeds.
  package var failed: Amount
  /// The number of hosts that are allowed to fail in a single wave, or nil if there is no limit beyond `failed`.
  package var failedInWave: Amount?
  /// The number of hosts that are allowed to be unreachable in a deployment that still succeeds.
  package var unreachable: Amount
  /// CodeDeploy's minimum of healthy hosts, which replaces the floor and both budgets, or nil if the recipe does not use it.
  package var healthy: MinimumHealthy?
  /// The share of hosts, in per cent, that is expected to fail with any release. The wave gate uses this share. Nil means 1.
  package var base: Double?
  /// The tags of `apart`, or nil if there are none. At most one of the hosts that share a value of such a tag is out of service.
  package var apart: [String]?
  /// The tags of `alone`, or nil if there are none. All hosts that are out of service at the same time share one value of such a tag.
  package var alone: [String]?
  /// The rule of `each`, which applies separately to the hosts with each value of its tag, or nil if there is no such rule.
  package var each: NeighbourRule?
  package var place: SourcePlace?
  package init(
    name: String = "default", floor: Amount? = nil, parallel: Amount? = nil, failed: Amount = .count(0), failedInWave: Amount? = nil,
    unreachable: Amount = .count(0), healthy: MinimumHealthy? = nil, base: Double? = nil, apart: [String]? = nil,
    alone: [String]? = nil, each: NeighbourRule? = nil, place: SourcePlace? = nil
  ) {
    (self.apart, self.alone, self.each) = (apart, alone, each)
    self.name = name
    self.floor = floor
    self.parallel = parallel
    self.failed = failed
    self.failedInWave = failedInWave
    self.unreachable = unreachable
    self.healthy = healthy
    self.base = base
    self.place = place
  }
}
