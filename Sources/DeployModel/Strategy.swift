/// A strategy bound to its options: a Lua function that yields decisions.
package struct Strategy: Sendable, Hashable, Codable {
  package var name: String
  package var function: Int
  package var options: Value
  /// The most hosts in a wave, if the strategy says so; the default floor follows from it.
  package var batch: Amount?
  /// Where its function is defined.
  package var place: SourcePlace?
  /// How it moves traffic between pools; nil: it does not.
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
