import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Sends a message to a deployment and waits for the answer. If the deployment's rollback is running, the message goes to the rollback.
  /// - Parameters:
  ///   - gate: the gate that the message answers, by name or number, or nil for the open gate.
  ///   - comment: the reason, or empty if there is none.
  ///   - sign: the function that signs an approval, or nil if the approval is not signed.
  ///   - patience: how long to wait until an engine takes the message.
  /// - Throws: if the message cannot be left, or the journal cannot be read.
  package func say(
    _ kind: Message.Kind, gate: String? = nil, comment: String = "", signing sign: Signing? = nil, to pair: DeploymentPair,
    patience: Interval = .seconds(10)
  ) async throws -> Reception {
    var message = Message(id: stage.identity().id.rawValue, kind, gate: gate, by: ports.actor, comment: comment, at: now)
    if let fault = message.fault { throw Problems(Problem("the message \(fault)", fix: "say it in one short line")) }
    if pair.state == .running { try await refuseStopped(pair) }
    var pair = pair
    if kind.isForSomething, pair.state == .running { message.means(Awaited(try await journal.entries(of: pair.speaking).entries)) }
    try message.sign(sign, of: pair.first.id)
    while pair.state == .running {
      let addressed = pair.speaking
      let answer = try await say(message, to: addressed, patience)
      if let answer, !answer.isIgnored { return answer }
      // Meanwhile, the deployment might end and its rollback might begin.
      pair = try await past.pair(of: pair.first.id)
      if let answer, pair.speaking == addressed { return answer }
    }
    return pair.state == .concluded ? .ended(pair) : .unattended(pair)
  }

  /// Returns the process that runs a deployment if that process is stopped, or nil if it is not.
  package func stoppedEngine(of deployment: Deployment.ID) async -> Int32? { await engines.stopped([deployment]) }

  /// Refuses to wait for a pair whose process is stopped, because such a process receives nothing.
  func refuseStopped(_ pair: DeploymentPair) async throws {
    guard let process = await engines.stopped(pair.members.map(\.id)) else { return }
    let id = pair.first.id
    throw Problems(
      Problem(
        "process \(process), which runs deployment \(id), is stopped (Ctrl-Z or SIGSTOP) and hears nothing",
        fix: "fg in its terminal, or kill -CONT \(process), lets it continue; then say it again\n"
          + "kill -KILL \(process) ends it for good; lander cancel \(id) then \(pair.first.kind.words.cancelling)"),
      exit: .refused)
  }

  /// Leaves a message and waits for the answer.
  /// - Returns: the result, or nil if the deployment ended, or its engine died, before the message was in the journal.
  private func say(_ message: Message, to deployment: Deployment.ID, _ patience: Interval) async throws -> Reception? {
    try await messages.send(message, to: deployment)
    let deadline = now + patience
    while await messages.waits(message.id, for: deployment) {
      let isRunning = try isClaimed(deployment)
      // A message that cannot be withdrawn has just been taken by an engine.
      if !isRunning || now >= deadline, await messages.withdraw(message.id, from: deployment) {
        // An engine writes a message to its journal before it takes the message out of the mailbox, and it might die between these two
        // steps.
        if let known = try await known(message.id, of: deployment) { return known }
        return isRunning ? .ignored(deployment, after: patience) : nil
      }
      await ports.clock.sleep(Interval(milliseconds: 200))
      try Task.checkCancellation()
    }
    return try await answer(to: message.id, of: deployment)
  }

  /// Whether an engine runs the deployment.
  private func isClaimed(_ deployment: Deployment.ID) throws -> Bool {
    guard let claim = try journal.claim(deployment) else { return true }
    claim.release()
    return false
  }

  /// Returns what the journal says about a message, or nil if there is nothing.
  private func known(_ message: Message.ID, of deployment: Deployment.ID) async throws -> Reception? {
    let facts = try await journal.entries(of: deployment).entries.map(\.fact)
    for case .noted(.answered(message, let accepted, let words)) in facts { return .answered(deployment, accepted: accepted, words) }
    let isHeard = facts.contains { if case .happened(.said(let said)) = $0 { said.id == message } else { false } }
    if case .concluded? = facts.last { return nil }
    return isHeard ? .heard(deployment) : nil
  }

  /// Waits for the journal's answer to a message that has left the mailbox. Returns nil if the deployment has ended without the message.
  private func answer(to message: Message.ID, of deployment: Deployment.ID) async throws -> Reception? {
    if let known = try await known(message, of: deployment) { return known }
    if case .concluded? = try await journal.entries(of: deployment).entries.last?.fact { return nil }
    let why = "\(Ledger.messages) messages came and closed no gate, and a deployment hears no more until a gate is closed"
    return .answered(deployment, accepted: false, "it was not heard: \(why)")
  }
}

extension DeploymentPair {
  /// The id of the deployment that receives the messages.
  fileprivate var speaking: Deployment.ID { (back ?? first).id }
}

extension Message.Kind {
  /// Whether the message answers something that the deployment is waiting for.
  var isForSomething: Bool {
    switch self {
    case .approve, .reject, .promote, .resume: true
    case .cancel, .pause: false
    }
  }
}

extension Reception {
  fileprivate var isIgnored: Bool { if case .ignored = self { true } else { false } }
}
