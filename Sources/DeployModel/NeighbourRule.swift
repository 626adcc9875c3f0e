/// What a configuration asks of each value of a tag: of each zone so many hosts keep serving, and so many may fail.
package struct NeighbourRule: Sendable, Hashable, Codable {
  package var tag: String
  /// nil: no floor but the one of all hosts.
  package var floor: Amount?
  /// nil: no budget but the one of all hosts.
  package var failed: Amount?
  package init(tag: String, floor: Amount? = nil, failed: Amount? = nil) {
    self.tag = tag
    self.floor = floor
    self.failed = failed
  }
}
