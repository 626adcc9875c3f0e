/// A strategy with its options: a Lua function that makes decisions.
package struct Strategy: Sendable, Hashable, Codable {
  package var name: String
  package var function: Int
  package var options: Value
  /// The largest number of hosts in a wave, which determines the default floor, or nil if the strategy does not state it.
  package var batch: Amount?
  /// The line that defines the strategy's function, or nil if unknown.
  package var place: SourcePlace?
  /// How the strategy moves traffic between pools, or nil if the strategy moves no traffic.
  package var traffic: TrafficAdapter?
  package init(
    name: String, function: Int, options: Value = .record([]), batch: Amount? = nil, place: SourcePlace? = nil,
    traffic: TrafficAdapter? = nil
  ) {
    self.traffic = traffic
    self.place = place
    self.name = name
    self.function = function
    self.options = options
    self.batch = batch
  }
}
