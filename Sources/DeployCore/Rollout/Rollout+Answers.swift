import DeployModel

/// Messages from people about the open gate.
extension Rollout {
  /// A message that wants to close a gate. Each one gets an answer that says what it did.
  mutating func answerGate(_ message: Message) {
    if let refusal = refusal(of: message) {
      return answer(message, accepted: false, "\(message.kind.rawValue) (\(message.words)): \(refusal)")
    }
    guard let open = gate else { return }
    let verdict: Verdict = message.kind == .reject ? .fail : .pass
    answer(message, accepted: true, "Gate \"\(open.gate.name)\" \(message.kind.participle) by \(message.words)")
    close(GateAnswer(verdict, by: message.by, comment: message.comment, at: message.at))
  }

  /// Why a message closes no gate; nil: it closes it.
  private func refusal(of message: Message) -> String? {
    if let number = message.number, number != gate?.number ?? 0 { return stale(number) }
    guard let open = gate else { return "there is no open gate" + (message.gate.map { " \"\($0)\"" } ?? "") }
    if let name = message.gate, name != open.gate.name, name != "\(open.number)" {
      return "there is no open gate \"\(name)\"; the open one is \(open.number), \"\(open.gate.name)\""
    }
    if message.number == nil, message.gate == nil, message.kind != .resume, message.kind.leadsFurther, plan.flow.rules != nil {
      let command = "lander \(message.kind.rawValue) \(plan.id) \(open.number)"
      return "it does not say which gate it is for; the open one is \(open.number), \"\(open.gate.name)\": \(command)"
    }
    let title = "gate \"\(open.gate.name)\""
    switch (message.kind, open.gate.kind) {
    case (.promote, .approval): return "\(title) waits for a person who approves, and is not passed by promote"
    case (.promote, .pause): return "\(title) waits for a resume, and is not passed by promote"
    case (.promote, .time) where open.script == nil && message.comment.isEmpty:
      return "\(title) is passed with a reason only: lander promote \(plan.id) \(open.number) --comment TEXT"
    case (.approve, .time), (.approve, .check): return "\(title) waits for no approval; promote passes it"
    case (.approve, .pause): return "\(title) waits for a resume, not for an approval"
    default: return nil
    }
  }

  /// Why an answer is too late or too early: it is for the gate that was open when it was sent.
  /// - Parameter number: that gate's; 0: none was open.
  private func stale(_ number: Int) -> String {
    let now = gate.map { "the open one is \($0.number), \"\($0.gate.name)\"" } ?? "no gate is open now"
    guard number > 0 else { return "no gate was open when it was sent; \(now)" }
    guard gates.indices.contains(number - 1) else { return "there was no gate \(number) yet; \(now)" }
    return "it is for gate \(number), \"\(gates[number - 1])\", which is closed; \(now)"
  }
}

extension Message.Kind {
  fileprivate var participle: String {
    switch self {
    case .approve: "approved"
    case .reject, .cancel: "rejected"
    case .promote: "passed early"
    case .pause, .resume: "resumed"
    }
  }
}
