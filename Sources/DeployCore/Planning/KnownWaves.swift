/// What is known of the waves of a strategy that does not state their size. The default floor follows from it.
package enum KnownWaves: Sendable, Hashable {
  /// Nothing: at most one host may be out of service.
  case unknown
  /// They are about to be rehearsed, so nothing bounds them.
  case rehearsing
  /// A rehearsal saw all of them: the fewest hosts of the plan that served at once.
  case seen(lowest: Int)
}
