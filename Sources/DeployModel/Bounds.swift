/// The configuration in numbers, for the hosts of this plan.
package struct Bounds: Sendable, Hashable, Codable {
  /// Hosts that keep serving.
  package var floor: Int
  /// Hosts in flight at once.
  package var parallel: Int
  /// Hosts that may fail, and that may be out of reach.
  package var failed: Int
  package var unreachable: Int
  package init(floor: Int, parallel: Int, failed: Int, unreachable: Int) {
    self.floor = floor
    self.parallel = parallel
    self.failed = failed
    self.unreachable = unreachable
  }
}
