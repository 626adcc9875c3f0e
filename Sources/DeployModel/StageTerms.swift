/// The terms of a recipe's stage, in addition to its function.
package struct StageTerms: Sendable, Hashable, Codable {
  package enum Once: String, Sendable, Hashable, Codable { case deployment, revision }

  /// The first argument of the stage's function: one host, the first of those that the deployment has.
  package enum Ground: Sendable, Hashable, Codable {
    case host
    case engine
    /// A group of partners.
    case group(String)
  }

  /// How often the stage runs; nil: once in each deployment.
  package var once: Once?
  /// The host for the function; nil: the function only gets the deployment.
  package var ground: Ground?
  /// Whether the stage is irreversible: nothing goes back once it has begun; nil: no.
  package var irreversible: Bool?
  /// Number of the function that undoes the stage; nil: it has no undo.
  package var undo: Int?
  /// The stage that this one undoes in a rollback; nil: none.
  package var undoes: StageUndo?
  /// What was known of the stage when the deployment was planned; nil: nothing.
  package var settled: Settled?

  package enum Settled: Sendable, Hashable, Codable {
    /// Hosts of the group remember that the stage ran for this revision.
    case ran(StageMark)
    /// Hosts of the group remember that the stage failed for this revision, that its undo failed, or that it was undone.
    case owed(StageMark)
    /// `--ran` says that the stage is done.
    case told
    /// `--again` says that the stage has to run again.
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

  /// Whether hosts remember that the stage ran.
  package var leavesMark: Bool { once == .revision || irreversible == true || undo != nil || undoes != nil }
}
