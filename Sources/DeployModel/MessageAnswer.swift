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

/// Where a message stands that was left for a deployment.
package enum MessageState: Sendable, Hashable {
  /// No engine has it in its journal yet.
  case waits
  case answered(MessageAnswer)
  /// It is not there any more, as when the deployment has ended.
  case gone
}
