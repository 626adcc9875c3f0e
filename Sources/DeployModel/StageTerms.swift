/// The options of a recipe's stage, in addition to its function.
package struct StageTerms: Sendable, Hashable, Codable {
  package enum Once: String, Sendable, Hashable, Codable { case deployment, revision }

  /// The first argument of the stage's function: one host, or the engine's machine.
  package enum Ground: Sendable, Hashable, Codable {
    case host
    case engine
    /// The first host of a group of partners.
    case group(String)
  }

  /// How often the stage runs, or nil if it runs once in each deployment.
  package var once: Once?
  /// The host that the function gets, or nil if the function gets only the deployment.
  package var ground: Ground?
  /// Whether the stage is irreversible: once it has begun, no host is rolled back. Nil means no.
  package var irreversible: Bool?
  /// The number of the function that undoes the stage, or nil if the stage has no undo.
  package var undo: Int?
  /// The stage whose effects this stage undoes, as part of a rollback, or nil if there is none.
  package var undoes: StageUndo?
  /// What was known when the deployment was planned: why the stage need not run, or why it has to run again. Nil if nothing was known.
  package var settled: Settled?

  package enum Settled: Sendable, Hashable, Codable {
    /// Hosts of the group have a mark that the stage ran for this revision.
    case ran(StageMark)
    /// Hosts of the group have a mark that the stage failed for this revision, that its undo failed, or that it was undone.
    case owed(StageMark)
    /// `--ran` declares that the stage has run.
    case told
    /// `--again` requests that the stage runs again.
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

  /// Whether hosts get a mark when the stage runs.
  package var leavesMark: Bool { once == .revision || irreversible == true || undo != nil || undoes != nil }
}
