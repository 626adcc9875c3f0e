package import DeployModel

/// The way by which people and programs reach a running deployment. A message stays until it is taken, so that an engine that resumes gets
/// the messages that a dead engine had not journalled.
package protocol Mailbox: Sendable {
  /// Returns the waiting messages, oldest first, and then others as they arrive. A message that is not taken may be delivered again. The
  /// stream ends when its task is cancelled.
  func messages(for deployment: Deployment.ID) -> AsyncStream<Message>
  /// Removes a message, because it is in the journal or will never be accepted.
  /// - Parameter answer: the deployment's answer; nil: this engine does not know it, because the message was delivered again.
  func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) async
  /// Records what the deployment waits for from people now. Senders who cannot read the journal get this from the mailbox.
  func tell(_ awaited: Awaited, of deployment: Deployment.ID) async
  /// Returns the failures of hosts that report that a newer deployment has taken over the lock with this token.
  func overtaken(_ token: String) -> AsyncStream<Failure>
  /// Asks hosts whether the locks with this token are still held, unless a host has confirmed it within the time of a lease. The engine
  /// calls this after its process may have been stopped, or its machine may have slept.
  /// - Returns: a failure if a newer deployment has taken over a lock; nil: none has, or no host knows.
  func verify(_ token: String, lease: Interval) async -> Failure?
  /// Closes the mailbox of a deployment that has ended. Messages that still wait are never delivered.
  func close(_ deployment: Deployment.ID) async
}

extension Mailbox {
  package func overtaken(_ token: String) -> AsyncStream<Failure> { AsyncStream { $0.finish() } }
  package func verify(_ token: String, lease: Interval) async -> Failure? { nil }
  package func tell(_ awaited: Awaited, of deployment: Deployment.ID) async {}
}
