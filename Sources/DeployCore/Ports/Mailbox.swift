package import DeployModel

/// How people and programs reach a running deployment. A message stays until it is taken, so an engine that resumes gets what a dead one
/// had not journalled.
package protocol Mailbox: Sendable {
  /// The messages that wait, oldest first, then others as they come; one that is not taken may come again. Ends when its task is
  /// cancelled.
  func messages(for deployment: Deployment.ID) -> AsyncStream<Message>
  /// The message is in the journal, or will never be heard: it need not be kept.
  /// - Parameter answer: what the deployment made of it; nil: this engine does not know, because the message was delivered again.
  func take(_ message: Message.ID, of deployment: Deployment.ID, answer: MessageAnswer?) async
  /// What the deployment waits for from people has changed. A mailbox whose senders cannot read the journal tells them.
  func tell(_ awaited: Awaited, of deployment: Deployment.ID) async
  /// What says that a newer deployment took a lock over whose token this is, as hosts answer; once for each of them.
  func overtaken(_ token: String) -> AsyncStream<Failure>
  /// Asks whether the locks of that token are still its own, if nobody has heard so for as long as a lease lasts: this process was stopped
  /// meanwhile, or its machine slept.
  /// - Returns: what says that a newer deployment took one over; nil: none did, or nobody knows.
  func verify(_ token: String, lease: Interval) async -> Failure?
  /// The deployment has ended: nobody hears what still waits.
  func close(_ deployment: Deployment.ID) async
}

extension Mailbox {
  package func overtaken(_ token: String) -> AsyncStream<Failure> { AsyncStream { $0.finish() } }
  package func verify(_ token: String, lease: Interval) async -> Failure? { nil }
  package func tell(_ awaited: Awaited, of deployment: Deployment.ID) async {}
}
