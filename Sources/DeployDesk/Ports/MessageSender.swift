package import DeployModel

/// The way to leave messages for deployments. The engine reads them through its `Mailbox`.
package protocol MessageSender: Sendable {
  /// Leaves a message; it is durable when this returns.
  func send(_ message: Message, to deployment: Deployment.ID) async throws(Failure)
  /// Whether a message still waits to be taken.
  func waits(_ message: Message.ID, for deployment: Deployment.ID) async -> Bool
  /// Takes a message back.
  /// - Returns: whether it was still there.
  func withdraw(_ message: Message.ID, from deployment: Deployment.ID) async -> Bool
}
