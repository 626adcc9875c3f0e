package import DeployModel

/// Leaves messages on hosts that a deployment has locked, and waits in the queue for these locks. Any machine can do both.
package protocol HostExchange: Sendable {
  /// Returns what the deployment with the lock is waiting for a person to answer, or nil if the host does not know that yet.
  func awaited(by deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure) -> Awaited?
  /// Leaves a message in the host's inbox. When this returns, the message is safely on the host's disk.
  /// - Throws: `locked` if no deployment holds the lock, or a different one does.
  func leave(_ message: Message, for deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure)
  /// Returns the state of a message that was left on a host.
  func state(
    of message: Message.ID, for deployment: Deployment.ID, on host: Host, at path: String
  ) async throws(Failure) -> MessageState
  /// Takes or renews a place in the queue for a host's lock.
  /// - Parameter renews: whether to only renew the place. If true, a place that was lost is not taken again.
  func lineUp(_ ticket: Ticket, renews: Bool, on host: Host, at path: String) async throws(Failure) -> LinePlace
  /// Gives up a place in the queue. If the host is unreachable, the place disappears when its lease ends.
  func leaveLine(_ token: String, on host: Host, at path: String) async
  /// Returns the compressed journal that a host keeps for a parked deployment.
  func journal(on host: Host, at path: String) async throws(Failure) -> [UInt8]
  /// Removes a message that no engine has taken.
  func withdraw(_ message: Message.ID, from deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure)
}
