/// The limits of a deployment, which no strategy can exceed.
package struct DeploymentConfiguration: Sendable, Hashable, Codable {
  package var name: String
  /// The minimum number of hosts that keep serving; nil: the default, which the planner computes.
  package var floor: Amount?
  /// The maximum number of hosts that change at the same time; nil: all hosts of a wave.
  package var parallel: Amount?
  /// The number of hosts that may fail in a deployment that still succeeds.
  package var failed: Amount
  /// The number of hosts that may fail in a single wave; nil: no limit beyond `failed`.
  package var failedInWave: Amount?
  /// The number of hosts that may be unreachable in a deployment that still succeeds.
  package var unreachable: Amount
  /// CodeDeploy's minimum of healthy hosts, which replaces the floor and both budgets; nil: the recipe does not use it.
  package var healthy: MinimumHealthy?
  /// The share of hosts, in per cent, that is expected to fail with any release; the wave gate uses it. Nil: 1.
  package var base: Double?
  /// The tags of `apart`: at most one of the hosts that share a value is out of service; nil: none.
  package var apart: [String]?
  /// The tags of `alone`: all hosts that are out of service at a time share one value; nil: none.
  package var alone: [String]?
  /// The rule of `each`, which applies to the hosts that share a value of its tag; nil: none.
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
