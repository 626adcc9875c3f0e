/// The current pause of a deployment that has not ended.
package struct Pause: Sendable, Hashable, Codable {
  package var message: Message
  /// When the deployment received the message, by the engine's clock.
  package var since: Timestamp
  package init(_ message: Message, since: Timestamp) {
    self.message = message
    self.since = since
  }
}
