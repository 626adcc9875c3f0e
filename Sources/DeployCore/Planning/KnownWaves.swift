/// What is known of the waves of a strategy that says nothing about their size: the default floor follows from it.
package enum KnownWaves: Sendable, Hashable {
  /// Nothing: no more than one host may be out of service.
  case unknown
  /// They are about to be rehearsed, so nothing holds them.
  case rehearsing
  /// A rehearsal saw all of them: the fewest hosts of the plan that served at once.
  case seen(lowest: Int)
}
