package import DeployModel

/// How people and programs reach a running deployment. A message stays until it is taken, so an engine that resumes gets the messages
/// that a dead one had not journalled.
package protocol Mailbox: Sendable {
  /// The messages that wait, oldest first, then others as they come. A message that is not taken may come again. The stream ends when its
  /// task is cancelled.
  func messages(for deployment: Deployment.ID) -> AsyncStream<Message>
  /// Takes a message out: it is in the journal, or will never be heard.
  /// - Parameter answer: the deployment's answer; nil: this engine does not know it, because the message was delivered again.
  func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) async
  /// Notes that the deployment now waits for something else from people. If senders cannot read the journal, the mailbox tells them.
  func tell(_ awaited: Awaited, of deployment: Deployment.ID) async
  /// The failures of hosts which say that a newer deployment took over the lock with this token.
  func overtaken(_ token: String) -> AsyncStream<Failure>
  /// Asks hosts whether the locks with this token are still held, unless a host confirmed that within the time of a lease. This process may
  /// have been stopped, or its machine may have slept.
  /// - Returns: the failure which says that a newer deployment took a lock over; nil: none did, or no host knows.
  func verify(_ token: String, lease: Interval) async -> Failure?
  /// Closes the mailbox of a deployment that has ended: messages that still wait are never heard.
  func close(_ deployment: Deployment.ID) async
}

extension Mailbox {
  package func overtaken(_ token: String) -> AsyncStream<Failure> { AsyncStream { $0.finish() } }
  package func verify(_ token: String, lease: Interval) async -> Failure? { nil }
  package func tell(_ awaited: Awaited, of deployment: Deployment.ID) async {}
}
