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
  /// CodeDeploy's minimum of healthy hosts, which takes the place of the floor and of both budgets; nil: it is not asked for.
  package var healthy: MinimumHealthy?
  /// The share of hosts, in per cent, that fail whatever the release is: the wave gate compares with it. nil: 1.
  package var base: Double?
  /// Tags: of hosts with one value never two are out of service; nil: there is none.
  package var apart: [String]?
  /// Tags: hosts of one value at a time are out of service; nil: there is none.
  package var alone: [String]?
  /// What holds for the hosts of each value of a tag; nil: nothing does.
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
