/// What is known about the waves of a strategy that does not state their size. The default floor depends on this knowledge.
package enum KnownWaves: Sendable, Hashable {
  /// Nothing is known, so at most one host is allowed to be out of service.
  case unknown
  /// The waves are about to be rehearsed, and no floor limits them in the rehearsal.
  case rehearsing
  /// A rehearsal has shown all waves. `lowest` is the smallest number of the plan's hosts that served at any moment.
  case seen(lowest: Int)
}
