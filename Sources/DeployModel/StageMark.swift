/// What hosts record about a stage that ran for a revision.
package struct StageMark: Sendable, Hashable, Codable {
  package enum State: String, Sendable, Hashable, Codable {
    /// The stage began. Only the deployment that began it knows whether it ended.
    case begun
    case done
    /// The stage began and failed. Hosts record this only for stages that are irreversible or were not undone.
    case failed
    /// A rollback began to undo the stage. Only that rollback knows whether the undo ended.
    case undoing
    /// A rollback undid the stage. Older marks, on hosts that were unreachable at that time, no longer count.
    case undone
  }

  /// When a rollback undoes the stage. The time is chosen so that no release runs with the results of another release's stage.
  package enum Undo: String, Sendable, Hashable, Codable {
    /// After the hosts have gone back, because the stage ran before the rollout, with the old release running.
    case after
    /// Before the hosts go back, because the stage ran after the rollout, with the new release running.
    case before
  }

  package var stage: String
  package var revision: Digest
  package var state: State
  package var deployment: Deployment.ID
  package var by: String
  package var at: Timestamp
  package var isIrreversible: Bool
  /// When the stage is undone, or nil if it has no undo.
  package var undo: Undo?

  package init(
    stage: String, revision: Digest, state: State, deployment: Deployment.ID, by: String, at: Timestamp, isIrreversible: Bool = false,
    undo: Undo? = nil
  ) {
    self.undo = undo
    self.stage = stage
    self.revision = revision
    self.state = state
    self.deployment = deployment
    self.by = by
    self.at = at
    self.isIrreversible = isIrreversible
  }

  /// Whether the mark is for the stage of this name and for this revision.
  package func isAbout(_ name: String, of revision: Digest) -> Bool { stage.isExactly(name) && self.revision == revision }
}
