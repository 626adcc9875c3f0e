package import DeployModel

/// How people and programs send messages to a running deployment. A message stays until it is taken, so that an engine that resumes gets
/// the messages that a dead engine had not journalled.
package protocol Mailbox: Sendable {
  /// Returns the waiting messages, oldest first, and then new messages as they arrive. A message that is not taken might be delivered
  /// again. The stream ends when its task is cancelled.
  func messages(for deployment: Deployment.ID) -> AsyncStream<Message>
  /// Removes a message, because it is in the journal or will never be accepted.
  /// - Parameter answer: the deployment's answer, or nil if this engine has no answer, because the message was delivered again.
  func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) async
  /// Records what the deployment needs from people now. Senders who cannot read the journal read this record in the mailbox.
  func tell(_ awaited: Awaited, of deployment: Deployment.ID) async
  /// Returns the failures by which hosts report that a newer deployment has taken over the lock with this token.
  func overtaken(_ token: String) -> AsyncStream<Failure>
  /// Asks hosts whether the locks with this token are still held, unless a host has confirmed this within the last `lease`. The engine
  /// calls this when its process might have been stopped, or its machine might have been asleep.
  /// - Returns: a failure if a newer deployment has taken over a lock, or nil if none has or no host can tell.
  func verify(_ token: String, lease: Interval) async -> Failure?
  /// Closes the mailbox of a deployment that has ended. Messages that still wait are never delivered.
  func close(_ deployment: Deployment.ID) async
}

extension Mailbox {
  package func overtaken(_ token: String) -> AsyncStream<Failure> { AsyncStream { $0.finish() } }
  package func verify(_ token: String, lease: Interval) async -> Failure? { nil }
  package func tell(_ awaited: Awaited, of deployment: Deployment.ID) async {}
}
