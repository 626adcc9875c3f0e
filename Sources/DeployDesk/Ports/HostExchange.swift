package import DeployModel

/// The way to leave messages on hosts that a deployment has locked, and to wait in the queue for these locks, from any machine.
package protocol HostExchange: Sendable {
  /// What the lock's holder waits for from people; nil: the host does not know it yet.
  func awaited(by deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure) -> Awaited?
  /// Leaves a message; it is durable on the host when this returns.
  /// - Throws: `locked` if another deployment, or none, has the lock there.
  func leave(_ message: Message, for deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure)
  /// The state of a message that was left on a host.
  func state(
    of message: Message.ID, for deployment: Deployment.ID, on host: Host, at path: String
  ) async throws(Failure) -> MessageState
  /// Takes or renews a place in the line for the lock of a host.
  /// - Parameter renews: whether to only renew: a lost place is then not taken again.
  func lineUp(_ ticket: Ticket, renews: Bool, on host: Host, at path: String) async throws(Failure) -> LinePlace
  /// Gives a place up. If the host is out of reach, the place ends with its lease.
  func leaveLine(_ token: String, on host: Host, at path: String) async
  /// The journal that a host keeps for a parked deployment, as it was sent.
  func journal(on host: Host, at path: String) async throws(Failure) -> [UInt8]
  /// Takes back a message that no engine has taken.
  func withdraw(_ message: Message.ID, from deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure)
}
