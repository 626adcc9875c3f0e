/// What an analysis measures on the hosts of a simulated fleet if the new release is as good as the old one.
package struct FleetMetrics: Sendable, Hashable {
  /// The number of requests that a host serves in a second, on average.
  package var requests = 10.0
  /// The share of requests that fail, from 0 to 1.
  package var failing = 0.001
  /// The median of the number that a function measures, such as milliseconds.
  package var value = 100.0

  package init() {}
}
