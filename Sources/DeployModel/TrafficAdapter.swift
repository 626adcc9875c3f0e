/// The functions of recipe 0 that read and set the traffic weights of pools. The engine is allowed to call them again, because another call
/// has the same effect.
package struct TrafficAdapter: Sendable, Hashable, Codable {
  /// The names of the pools.
  package var pools: [String]
  /// The number of `function(deployment)`, which returns the current weights.
  package var read: Int
  /// The number of `function(weights, deployment)`, which sets the weights.
  package var weight: Int
  package var place: SourcePlace?
  package init(pools: [String], read: Int, weight: Int, place: SourcePlace? = nil) {
    self.pools = pools
    self.read = read
    self.weight = weight
    self.place = place
  }
}
