package import DeployModel

/// Where people leave messages on hosts that a deployment has locked, from whatever machine they are at.
package protocol HostDoor: Sendable {
  /// Leaves a message; it is durable on the host when this returns.
  /// - Throws: `locked` if another deployment has the lock there, or none.
  /// What the deployment that has the lock waits for from people; nil: the host was not told yet.
  func awaited(by deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure) -> Awaited?
  func leave(_ message: Message, for deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure)
  /// Where a message stands that was left on a host.
  func state(
    of message: Message.ID, for deployment: Deployment.ID, on host: Host, at path: String
  ) async throws(Failure) -> MessageState
  /// Takes a message back that no engine has taken.
  func withdraw(_ message: Message.ID, from deployment: Deployment.ID, on host: Host, at path: String) async throws(Failure)
}
