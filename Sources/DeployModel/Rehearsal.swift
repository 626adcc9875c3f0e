/// How recipes are played while nothing real is reached.
package enum Rehearsal: String, Sendable, Hashable {
  /// To show one deployment, with its parameters and hosts: mistakes are noted, and the functions continue.
  case plan
  /// The same, but a deployment may have other parameters and hosts.
  case check
  /// As it would really run: errors are errors. Only what `rehearse` says counts as an answer.
  case faults
}
