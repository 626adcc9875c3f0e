/// The result of an audit of one deployment's journal, in which each entry has a digest that depends on the entry before it.
package struct ChainVerdict: Sendable, Hashable {
  package var deployment: Deployment.ID
  /// The number of intact entries, counted from the first entry.
  package var entries: Int
  /// The digest of the last intact entry.
  package var head: Digest
  /// What is wrong after the last intact entry, or nil if the whole journal is intact.
  package var damage: Damage?

  package init(deployment: Deployment.ID, entries: Int, head: Digest, damage: Damage? = nil) {
    self.deployment = deployment
    self.entries = entries
    self.head = head
    self.damage = damage
  }
}
