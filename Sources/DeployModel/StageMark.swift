/// What hosts remember of a stage that ran for a revision: its receipt.
package struct StageMark: Sendable, Hashable, Codable {
  package enum State: String, Sendable, Hashable, Codable {
    /// Whether it came to its end nobody knows but the deployment that began it.
    case begun
    case done
    /// It was begun, and failed; only of one that cannot be undone.
    case failed
  }

  package var stage: String
  package var revision: Digest
  package var state: State
  package var deployment: Deployment.ID
  package var by: String
  package var at: Timestamp
  package var isIrreversible: Bool

  package init(
    stage: String, revision: Digest, state: State, deployment: Deployment.ID, by: String, at: Timestamp, isIrreversible: Bool = false
  ) {
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
