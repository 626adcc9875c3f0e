/// What a stage of a recipe says of itself beside its function.
package struct StageTerms: Sendable, Hashable, Codable {
  package enum Once: String, Sendable, Hashable, Codable { case deployment, revision }

  /// Whom its function gets first; one host, the first of those that the deployment has.
  package enum Ground: Sendable, Hashable, Codable {
    case host
    case engine
    /// A group of partners.
    case group(String)
  }

  /// nil: once in each deployment.
  package var once: Once?
  /// nil: its function gets the deployment only.
  package var ground: Ground?
  /// Whether nothing goes back once it has begun; nil: no.
  package var irreversible: Bool?
  /// Number of the function that undoes it; nil: nothing does.
  package var undo: Int?
  /// The stage that this one undoes, on a way back; nil: none.
  package var undoes: StageUndo?
  /// What was known of it when the deployment was planned; nil: nothing.
  package var settled: Settled?

  package enum Settled: Sendable, Hashable, Codable {
    /// Hosts of the group remember that it ran for this revision.
    case ran(StageMark)
    /// Hosts of the group remember that it failed for this revision, that what undid it did, or that it was undone.
    case owed(StageMark)
    /// Whoever deploys says that it is done.
    case told
    /// Whoever deploys says that it is to run again.
    case again
  }

  package init(
    once: Once? = nil, ground: Ground? = nil, irreversible: Bool? = nil, settled: Settled? = nil, undo: Int? = nil, undoes: StageUndo? = nil
  ) {
    self.once = once
    self.ground = ground
    self.irreversible = irreversible
    self.settled = settled
    self.undo = undo
    self.undoes = undoes
  }

  /// Whether hosts remember that it ran.
  package var leavesMark: Bool { once == .revision || irreversible == true || undo != nil || undoes != nil }
}
