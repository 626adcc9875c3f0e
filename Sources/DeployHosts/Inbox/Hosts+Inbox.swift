import DeployCore
package import DeployModel
import FoundationEssentials

extension Hosts {
  /// What a deployment waits for from people, by the last renewal of the lock; nil: the host does not know it.
  package func awaited(
    by deployment: Deployment.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) -> Awaited? {
    Awaited(line: try await link(to: host).demand("l_awaited", [host.place(path), deployment]).lines.first ?? "")
  }

  /// Leaves a message on a host for the deployment that has its lock; it is durable there when this returns.
  /// - Throws: `locked` if another deployment has the lock, or none; `noSpace` if too many messages are there.
  package func leave(
    _ message: Message, for deployment: Deployment.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) {
    if let fault = message.fault { throw Failure(.invalid, "the message \(fault)") }
    let text = try Hosts.coded(message)
    guard text.count <= 8192, !text.contains(10) else { throw Failure(.invalid, "the message is no line of at most 8192 bytes") }
    _ = try await link(to: host).demand("l_letter", [host.place(path), deployment, message.id], payload: text + [10])
  }

  /// The state of a message that was left on a host.
  package func state(
    of message: Message.ID, for deployment: Deployment.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) -> MessageState {
    let line = try await link(to: host).demand("l_reply", [host.place(path), deployment, message]).lines.first ?? ""
    if line == "waits" { return .waits }
    guard line.hasPrefix("answer\t") else { return .gone }
    guard let answer = try? JSONDecoder().decode(MessageAnswer.self, from: Data(line.dropFirst(7).utf8)) else {
      throw Failure(.corrupt, "the answer to message \(message) cannot be read")
    }
    return .answered(answer)
  }

  /// Takes back a message that no engine has taken; an answer stays.
  package func withdraw(
    _ message: Message.ID, from deployment: Deployment.ID, on host: DeployModel.Host, at path: String
  ) async throws(Failure) {
    _ = try await link(to: host).demand("l_withdraw", [host.place(path), deployment, message])
  }
}
