/// A configuration's limits for the hosts that share a value of a tag, such as a zone: how many keep serving, and how many are allowed to
/// fail.
package struct NeighbourRule: Sendable, Hashable, Codable {
  package var tag: String
  /// The number of hosts with the same value that keep serving, or nil if only the floor of all hosts applies.
  package var floor: Amount?
  /// The number of hosts with the same value that are allowed to fail, or nil if only the budget of all hosts applies.
  package var failed: Amount?
  package init(tag: String, floor: Amount? = nil, failed: Amount? = nil) {
    self.tag = tag
    self.floor = floor
    self.failed = failed
  }
}
