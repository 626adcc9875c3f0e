package import DeployModel

/// What can be read of one deployment: its entries up to the first break, and the break.
package struct JournalReading: Sendable, Hashable {
  package var deployment: Deployment.ID
  package var entries: [Entry]
  /// Nil: whole.
  package var damage: Damage?

  /// Whether it may be resumed: whole, and not concluded.
  package var isResumable: Bool {
    guard damage == nil, let last = entries.last else { return false }
    if case .concluded = last.fact { return false }
    return true
  }
}

/// Where a deployment's journal breaks. Nothing is deleted there: entries before it are good, those after it cannot be trusted.
package struct Damage: Error, Sendable, Hashable {
  package var sequence: Int
  /// What was found, as a sentence about the entry.
  package var what: String
  package init(sequence: Int, what: String) {
    self.sequence = sequence
    self.what = what
  }
}

/// One deployment in a list.
package struct DeploymentSummary: Sendable, Hashable {
  package enum State: Sendable, Hashable {
    /// An engine process holds its claim.
    case running
    /// Not concluded, or with hosts to go back whose rollback never began, and no engine process is at it: `lander resume`.
    case interrupted
    case concluded(Conclusion.Status)
    case damaged(Damage)
  }
  package var id: Deployment.ID
  package var application: String
  package var recipe: String
  package var group: String
  package var kind: Plan.Kind
  package var actor: String
  package var bundle: Digest?
  package var hosts: Int
  package var began: Timestamp
  package var lastEntry: Timestamp
  package var entries: Int
  package var state: State

  /// For filters: `concluded` and `interrupted` by a look at the last entry only.
  package var status: Conclusion.Status? { if case .concluded(let status) = state { status } else { nil } }
}

/// What an audit found out about one deployment's chain.
package struct ChainVerdict: Sendable, Hashable {
  package var deployment: Deployment.ID
  /// Entries that are good, from the first on.
  package var entries: Int
  /// The chain after the last good entry.
  package var head: Digest
  package var damage: Damage?
}
