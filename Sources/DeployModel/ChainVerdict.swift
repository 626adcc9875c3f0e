/// What an audit found out about one deployment's chain.
package struct ChainVerdict: Sendable, Hashable {
  package var deployment: Deployment.ID
  /// Number of good entries, from the first on.
  package var entries: Int
  /// The chain after the last good entry.
  package var head: Digest
  /// The damage of the chain; nil: the chain is whole.
  package var damage: Damage?

  package init(deployment: Deployment.ID, entries: Int, head: Digest, damage: Damage? = nil) {
    self.deployment = deployment
    self.entries = entries
    self.head = head
    self.damage = damage
  }
}
