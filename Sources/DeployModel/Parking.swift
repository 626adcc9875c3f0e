/// An engine's statement that it is about to leave, because a gate waits for a person.
package struct Parking: Sendable, Hashable, Codable {
  /// When the engine leaves, by its own clock.
  package var at: Timestamp
  /// When the gate closes as failed, if nobody answers.
  package var until: Timestamp

  package init(at: Timestamp, until: Timestamp) {
    self.at = at
    self.until = until
  }
}
