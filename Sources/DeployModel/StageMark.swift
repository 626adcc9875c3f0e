/// What hosts remember of a stage that ran for a revision: its receipt.
package struct StageMark: Sendable, Hashable, Codable {
  package enum State: String, Sendable, Hashable, Codable {
    /// Whether it came to its end nobody knows but the deployment that began it.
    case begun
    case done
    /// It was begun, and failed; only of one that cannot be undone, or that nothing has undone.
    case failed
    /// A way back began to undo it; whether that came to its end nobody knows but the way back.
    case undoing
    /// A way back undid it. What hosts remember that were not there counts no longer.
    case undone
  }

  /// When a way back undoes it, so that no release meets what it was not made for.
  package enum Undo: String, Sendable, Hashable, Codable {
    /// After the hosts went back: it ran before the rollout, beside the release that they go back to.
    case after
    /// Before the hosts go back: it ran after the rollout, beside the release that they leave.
    case before
  }

  package var stage: String
  package var revision: Digest
  package var state: State
  package var deployment: Deployment.ID
  package var by: String
  package var at: Timestamp
  package var isIrreversible: Bool
  /// nil: nothing undoes it.
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
