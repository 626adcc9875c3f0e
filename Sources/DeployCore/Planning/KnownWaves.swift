/// What is known of the waves of a strategy that does not state their size. It determines the default floor.
package enum KnownWaves: Sendable, Hashable {
  /// Nothing is known: at most one host may be out of service.
  case unknown
  /// The waves are about to be rehearsed, so nothing bounds them.
  case rehearsing
  /// A rehearsal saw all waves; `lowest` is the fewest hosts of the plan that served at once.
  case seen(lowest: Int)
}
