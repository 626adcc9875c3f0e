package import DeployModel

/// Leaves messages for deployments. Their engines read the messages through `Mailbox`.
package protocol MessageSender: Sendable {
  /// Leaves a message, which is durable when this returns.
  func send(_ message: Message, to deployment: Deployment.ID) async throws(Failure)
  /// Whether no engine has taken the message yet.
  func waits(_ message: Message.ID, for deployment: Deployment.ID) async -> Bool
  /// Removes a message.
  /// - Returns: whether the message was still there.
  func withdraw(_ message: Message.ID, from deployment: Deployment.ID) async -> Bool
}
