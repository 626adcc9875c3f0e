/// What a configuration asks of the hosts of each value of a tag, such as a zone: how many keep serving, and how many may fail.
package struct NeighbourRule: Sendable, Hashable, Codable {
  package var tag: String
  /// The hosts that keep serving; nil: there is only the floor of all hosts.
  package var floor: Amount?
  /// The hosts that may fail; nil: there is only the budget of all hosts.
  package var failed: Amount?
  package init(tag: String, floor: Amount? = nil, failed: Amount? = nil) {
    self.tag = tag
    self.floor = floor
    self.failed = failed
  }
}
