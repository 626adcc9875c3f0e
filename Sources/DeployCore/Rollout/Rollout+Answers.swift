import DeployModel

/// Handles messages from people about the open gate.
extension Rollout {
  /// Handles a message that is meant to close a gate. Each message gets an answer that says what the message did.
  mutating func answerGate(_ message: Message) {
    if let refusal = refusal(of: message) {
      return answer(message, accepted: false, "\(message.kind.rawValue) (\(message.words)): \(refusal)")
    }
    guard let open = gate else { return }
    if message.kind == .approve, let signer = message.signer, open.gate.from != nil, lapse != .anybodyApproves {
      return approve(message, signer)
    }
    let verdict: Verdict = message.kind == .reject ? .fail : .pass
    answer(message, accepted: true, "Gate \"\(open.gate.name)\" \(message.kind.participle) by \(message.words)")
    close(GateAnswer(verdict, by: message.by, comment: message.comment, at: message.at))
  }

  /// Counts a signed approval. The gate passes when it has the required number of approvals.
  private mutating func approve(_ message: Message, _ signer: String) {
    gate?.approvals.append(SignedApproval(by: signer, comment: message.comment, at: message.at))
    guard let open = gate else { return }
    let (have, count) = (open.approvals.count, open.gate.count ?? 1)
    let share = count == 1 ? "" : " (\(have) of \(count))"
    answer(message, accepted: true, "Gate \"\(open.gate.name)\" approved by \(signer)\(share), signed, as \(message.words)")
    guard have >= count else { return }
    let names = open.approvals.map(\.by).joined(separator: " and ")
    let comments = open.approvals.map(\.comment).filter { !$0.isEmpty }.joined(separator: "; ")
    close(GateAnswer(.pass, by: names, comment: comments, at: message.at, signed: open.approvals))
  }

  /// Returns why an approval does not count at a gate that requires signatures, or nil if it counts.
  private func unsigned(_ message: Message, _ open: OpenGate, _ from: [String]) -> String? {
    let title = "gate \"\(open.gate.name)\""
    guard let signer = message.signer else {
      let command = "lander approve \(plan.id) \(open.number) --key FILE"
      return message.signature == nil
        ? "\(title) takes signed answers only: \(command)"
        : "nobody whom \(SignedApproval.signers) of the deployment names signed this answer to \(title): \(command)"
    }
    guard from.contains(where: { $0.isExactly(signer) }) else {
      return "\(signer) is not one of those who may approve \(title): \(from.joined(separator: ", "))"
    }
    guard !open.approvals.contains(where: { $0.by.isExactly(signer) }) else {
      return "\(signer) has approved \(title) already; it has \(open.approvals.count) of \(open.gate.count ?? 1)"
    }
    return nil
  }

  /// Returns why a message has no effect on the gate, or nil if the message closes the gate or helps to close it.
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
    case (.promote, .approval):
      let key = open.gate.from == nil ? "" : " --key FILE"
      return "\(title) waits for a person who approves, and is not passed by promote: lander approve \(plan.id) \(open.number)\(key)"
    case (.promote, .pause): return "\(title) waits for a resume, and is not passed by promote"
    case (.promote, .time) where open.script == nil && message.comment.isEmpty:
      return "\(title) is passed with a reason only: lander promote \(plan.id) \(open.number) --comment TEXT"
    case (.approve, .time), (.approve, .check): return "\(title) waits for no approval; promote passes it"
    case (.approve, .pause): return "\(title) waits for a resume, not for an approval"
    case (.approve, .approval): return lapse == .anybodyApproves ? nil : open.gate.from.flatMap { unsigned(message, open, $0) }
    default: return nil
    }
  }

  /// Returns why an answer is too late or too early. An answer is valid only for the gate that was open when the answer was sent.
  /// - Parameter number: the number of that gate, or 0 if none was open.
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
