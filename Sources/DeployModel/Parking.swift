/// The wish of an engine to leave while a gate waits for a person.
package struct Parking: Sendable, Hashable, Codable {
  /// When it leaves, by its own clock.
  package var at: Timestamp
  /// When the gate closes as failed.
  package var until: Timestamp

  package init(at: Timestamp, until: Timestamp) {
    self.at = at
    self.until = until
  }
}
