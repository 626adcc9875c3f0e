/// How recipes are rehearsed without any real host.
package enum Rehearsal: String, Sendable, Hashable {
  /// To show one deployment, with its parameters and hosts: mistakes are noted, and the functions continue.
  case plan
  /// Like `plan`, but a deployment may have other parameters and hosts.
  case check
  /// As in a real run: errors are errors. Only the answers of `rehearse` count.
  case faults
}
