/// The readable part of a deployment's journal: the entries before the first damage, and the damage.
package struct JournalReading: Sendable, Hashable {
  package var deployment: Deployment.ID
  package var entries: [Entry]
  /// The first damage, or nil if the whole journal is intact.
  package var damage: Damage?

  package init(deployment: Deployment.ID, entries: [Entry], damage: Damage? = nil) {
    self.deployment = deployment
    self.entries = entries
    self.damage = damage
  }

  /// Whether the deployment can be resumed: its journal is intact and it has not concluded.
  package var isResumable: Bool {
    guard damage == nil, let last = entries.last else { return false }
    if case .concluded = last.fact { return false }
    return true
  }
}

/// Damage in a deployment's journal. Entries before the damage are good. Entries after it cannot be trusted, but are not deleted.
package struct Damage: Error, Sendable, Hashable {
  package var sequence: Int
  /// What is wrong with the entry, as a sentence.
  package var what: String
  package init(sequence: Int, what: String) {
    self.sequence = sequence
    self.what = what
  }
}
