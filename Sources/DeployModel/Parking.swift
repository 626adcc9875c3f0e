/// An engine's statement that it is about to exit, because a gate is waiting for a person.
package struct Parking: Sendable, Hashable, Codable {
  /// When the engine exits, by its own clock.
  package var at: Timestamp
  /// When the gate fails if nobody answers.
  package var until: Timestamp

  package init(at: Timestamp, until: Timestamp) {
    self.at = at
    self.until = until
  }
}
