/// What a deployment made of a message.
package struct MessageAnswer: Sendable, Hashable, Codable {
  /// false: the message changed nothing.
  package var accepted: Bool
  /// One sentence.
  package var words: String
  package init(accepted: Bool, _ words: String) {
    self.accepted = accepted
    self.words = words
  }
}

/// The state of a message that was left for a deployment.
package enum MessageState: Sendable, Hashable {
  /// No engine has it in its journal yet.
  case waits
  case answered(MessageAnswer)
  /// It is gone, for example because the deployment has ended.
  case gone
}
