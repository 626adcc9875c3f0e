/// Which mistakes a rehearsal reports as findings and which as errors. A rehearsal runs recipes against simulated hosts.
package enum Rehearsal: String, Sendable, Hashable {
  /// Shows one deployment with its parameters and hosts. Mistakes are noted, and functions continue.
  case plan
  /// Like `plan`, but for a recipe whose parameters and hosts might be different later.
  case check
  /// Errors end functions as in a real run. Only the answers of `rehearse` count.
  case faults
}
