/// Bounds that hold whatever a strategy decides.
package struct DeploymentConfiguration: Sendable, Hashable, Codable {
  package var name: String
  /// Hosts that keep serving; nil: the default (see `Bounds`).
  package var floor: Amount?
  /// Hosts in flight at once; nil: as many as a wave has.
  package var parallel: Amount?
  /// Failed hosts that a deployment may have and still succeed.
  package var failed: Amount
  /// Failed hosts that a single wave may have; nil: as many as the deployment may have.
  package var failedInWave: Amount?
  /// Unreachable hosts that it may leave out or lose.
  package var unreachable: Amount
  /// CodeDeploy's minimum of healthy hosts, which replaces the floor and both budgets; nil: the recipe does not use it.
  package var healthy: MinimumHealthy?
  /// The share of hosts, in per cent, that fails whatever the release is, for the wave gate; nil: 1.
  package var base: Double?
  /// Tags: at most one host of each value is out of service; nil: there is none.
  package var apart: [String]?
  /// Tags: only hosts of one value are out of service at a time; nil: there is none.
  package var alone: [String]?
  /// The rules for the hosts of each value of a tag; nil: there are none.
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
