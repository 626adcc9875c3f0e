/// What can be read of one deployment: its entries up to the first break, and the break.
package struct JournalReading: Sendable, Hashable {
  package var deployment: Deployment.ID
  package var entries: [Entry]
  /// Where it breaks; nil: it is whole.
  package var damage: Damage?

  package init(deployment: Deployment.ID, entries: [Entry], damage: Damage? = nil) {
    self.deployment = deployment
    self.entries = entries
    self.damage = damage
  }

  /// Whether it can be resumed: it is whole and has not concluded.
  package var isResumable: Bool {
    guard damage == nil, let last = entries.last else { return false }
    if case .concluded = last.fact { return false }
    return true
  }
}

/// Where a deployment's journal breaks. Nothing is deleted: entries before that are good, entries after it cannot be trusted.
package struct Damage: Error, Sendable, Hashable {
  package var sequence: Int
  /// What was found, as a sentence about the entry.
  package var what: String
  package init(sequence: Int, what: String) {
    self.sequence = sequence
    self.what = what
  }
}
