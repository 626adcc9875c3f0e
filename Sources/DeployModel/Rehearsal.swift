/// How recipes are played while nothing real is reached.
package enum Rehearsal: String, Sendable, Hashable {
  /// For what it shows, with the parameters and hosts of one deployment: mistakes are noted, and the functions play on.
  case plan
  /// The same, with parameters and hosts that a deployment may have otherwise.
  case check
  /// As it would go: errors are errors. Only what `rehearse` says is taken for an answer.
  case faults
}
