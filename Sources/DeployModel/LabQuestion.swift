/// What a test that runs in a lab asks for.
package enum LabQuestion: Sendable, Hashable {
  /// Deploys a revision. Number 1 is the recipe's own revision, and each higher number has different content.
  case deploy(Trial, revision: Int)
  /// Returns the hosts to the good release before the one that they run.
  case rollback(recipe: String, group: String?)
  /// Runs a command line on a host, for at most `limit`.
  case run(String, on: String, limit: Interval)
}
