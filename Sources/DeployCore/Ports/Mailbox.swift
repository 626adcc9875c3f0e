package import DeployModel

/// How people and programs reach a running deployment. A message stays until it is taken, so an engine that resumes gets the messages
/// that a dead one had not journalled.
package protocol Mailbox: Sendable {
  /// The messages that wait, oldest first, then others as they come. One that is not taken may come again. The stream ends when its task
  /// is cancelled.
  func messages(for deployment: Deployment.ID) -> AsyncStream<Message>
  /// The message is in the journal, or will never be heard, so it need not be kept.
  /// - Parameter answer: what the deployment made of it; nil: this engine does not know, because the message was delivered again.
  func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) async
  /// The deployment now waits for something else from people. A mailbox whose senders cannot read the journal tells them.
  func tell(_ awaited: Awaited, of deployment: Deployment.ID) async
  /// The failures that say that a newer deployment took over a lock with this token, one for each host that answers so.
  func overtaken(_ token: String) -> AsyncStream<Failure>
  /// Asks whether the locks with that token are still its own, unless somebody has heard so within the time of a lease: this process may
  /// have been stopped, or its machine may have slept.
  /// - Returns: the failure that says that a newer deployment took one over; nil: none did, or nobody knows.
  func verify(_ token: String, lease: Interval) async -> Failure?
  /// The deployment has ended: nobody hears messages that still wait.
  func close(_ deployment: Deployment.ID) async
}

extension Mailbox {
  package func overtaken(_ token: String) -> AsyncStream<Failure> { AsyncStream { $0.finish() } }
  package func verify(_ token: String, lease: Interval) async -> Failure? { nil }
  package func tell(_ awaited: Awaited, of deployment: Deployment.ID) async {}
}
