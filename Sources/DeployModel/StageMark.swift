/// What hosts remember of a stage that ran for a revision: its receipt.
package struct StageMark: Sendable, Hashable, Codable {
  package enum State: String, Sendable, Hashable, Codable {
    /// The stage was begun. Only the deployment that began it knows whether it came to its end.
    case begun
    case done
    /// The stage was begun and failed. Only for stages that are irreversible, or that were not undone.
    case failed
    /// A rollback began to undo the stage. Only that rollback knows whether the undo came to its end.
    case undoing
    /// A rollback undid the stage. Older marks on hosts that were out of reach no longer count.
    case undone
  }

  /// When a rollback undoes the stage, so that no release runs with results of a stage that it was not made for.
  package enum Undo: String, Sendable, Hashable, Codable {
    /// After the hosts went back, because the stage ran before the rollout, when the old release was running.
    case after
    /// Before the hosts go back, because the stage ran after the rollout, when the new release was running.
    case before
  }

  package var stage: String
  package var revision: Digest
  package var state: State
  package var deployment: Deployment.ID
  package var by: String
  package var at: Timestamp
  package var isIrreversible: Bool
  /// When the stage is undone; nil: it has no undo.
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

  /// Whether both are about the same stage of the same revision.
  package func isAbout(_ name: String, of revision: Digest) -> Bool { stage.isExactly(name) && self.revision == revision }
}
