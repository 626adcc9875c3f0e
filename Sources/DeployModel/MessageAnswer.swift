/// A deployment's answer to a message.
package struct MessageAnswer: Sendable, Hashable, Codable {
  /// Whether the message was accepted. A message that was not accepted changed nothing.
  package var accepted: Bool
  /// The answer as one sentence.
  package var words: String
  package init(accepted: Bool, _ words: String) {
    self.accepted = accepted
    self.words = words
  }
}

/// The state of a message that somebody left for a deployment.
package enum MessageState: Sendable, Hashable {
  /// No engine has written the message to its journal yet.
  case waits
  case answered(MessageAnswer)
  /// The message is gone, for example because the deployment has ended.
  case gone
}
