import DeployCore
package import DeployModel
import FoundationEssentials

extension Hosts {
  /// Returns what a deployment is waiting for people to answer, as the host learned it when the lock was last renewed. Returns nil if the
  /// host does not know it.
  package func awaited(
    by deployment: Deployment.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) -> Awaited? {
    Awaited(line: try await link(to: host).demand("l_awaited", [host.place(path), deployment.rawValue]).lines.first ?? "")
  }

  /// Leaves a message on a host for the deployment that has the host's lock. When this returns, the message is safely on the host's disk.
  /// - Throws: `locked` if the deployment does not have the lock, or `noSpace` if too many messages are waiting there.
  package func leave(
    _ message: Message, for deployment: Deployment.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) {
    if let fault = message.fault { throw Failure(.invalid, "the message \(fault)") }
    let text = try Hosts.coded(message)
    guard text.count <= 8192, !text.contains(10) else { throw Failure(.invalid, "the message is no line of at most 8192 bytes") }
    _ = try await link(to: host).demand("l_letter", [host.place(path), deployment.rawValue, message.id], payload: text + [10])
  }

  /// Returns the state of a message that was left on a host.
  package func state(
    of message: Message.ID, for deployment: Deployment.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) -> MessageState {
    let line = try await link(to: host).demand("l_reply", [host.place(path), deployment.rawValue, message]).lines.first ?? ""
    if line == "waits" { return .waits }
    guard line.hasPrefix("answer\t") else { return .gone }
    guard let answer = try? JSONDecoder().decode(MessageAnswer.self, from: Data(line.dropFirst(7).utf8)) else {
      throw Failure(.corrupt, "the answer to message \(message) cannot be read")
    }
    return .answered(answer)
  }

  /// Withdraws a message that no engine has taken. If there is an answer, it stays.
  package func withdraw(
    _ message: Message.ID, from deployment: Deployment.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) {
    _ = try await link(to: host).demand("l_withdraw", [host.place(path), deployment.rawValue, message])
  }
}
