/// How traffic moves between pools: functions of recipe 0. Each sets or reads a state, so it may be called again.
package struct TrafficAdapter: Sendable, Hashable, Codable {
  /// Names of the pools.
  package var pools: [String]
  /// Number of `function(deployment)`, which returns the present weights.
  package var read: Int
  /// Number of `function(weights, deployment)`, which sets them.
  package var weight: Int
  package var place: SourcePlace?
  package init(pools: [String], read: Int, weight: Int, place: SourcePlace? = nil) {
    self.pools = pools
    self.read = read
    self.weight = weight
    self.place = place
  }
}
