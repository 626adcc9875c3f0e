package import DeployModel

/// Leaves messages for deployments, whose engines read them through `Mailbox`.
package protocol MessageSender: Sendable {
  /// Leaves a message. When this returns, the message is safely on disk.
  func send(_ message: Message, to deployment: Deployment.ID) async throws(Failure)
  /// Whether the message is still waiting for an engine to take it.
  func waits(_ message: Message.ID, for deployment: Deployment.ID) async -> Bool
  /// Removes a message.
  /// - Returns: whether the message was still there.
  func withdraw(_ message: Message.ID, from deployment: Deployment.ID) async -> Bool
}
