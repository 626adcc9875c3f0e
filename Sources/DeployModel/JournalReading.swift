/// The readable part of a deployment's journal: its entries up to the first damage, and the damage.
package struct JournalReading: Sendable, Hashable {
  package var deployment: Deployment.ID
  package var entries: [Entry]
  /// The damage; nil: the journal is whole.
  package var damage: Damage?

  package init(deployment: Deployment.ID, entries: [Entry], damage: Damage? = nil) {
    self.deployment = deployment
    self.entries = entries
    self.damage = damage
  }

  /// Whether the deployment can be resumed: its journal is whole and it has not concluded.
  package var isResumable: Bool {
    guard damage == nil, let last = entries.last else { return false }
    if case .concluded = last.fact { return false }
    return true
  }
}

/// The damage of a deployment's journal. Nothing is deleted: entries before the damage are good, entries after it cannot be trusted.
package struct Damage: Error, Sendable, Hashable {
  package var sequence: Int
  /// The finding, as a sentence about the entry.
  package var what: String
  package init(sequence: Int, what: String) {
    self.sequence = sequence
    self.what = what
  }
}
