import DeployModel

/// What people say about the gate that is open.
extension Rollout {
  /// A message that wants a gate closed: each is answered with what became of it.
  mutating func answerGate(_ message: Message) {
    if let refusal = refusal(of: message) {
      return answer(message, accepted: false, "\(message.kind.rawValue) (\(message.words)): \(refusal)")
    }
    guard let open = gate else { return }
    let verdict: Verdict = message.kind == .reject ? .fail : .pass
    answer(message, accepted: true, "Gate \"\(open.gate.name)\" \(message.kind.participle) by \(message.words)")
    close(GateAnswer(verdict, by: message.by, comment: message.comment, at: message.at))
  }

  /// Why a message closes no gate; nil: it does.
  private func refusal(of message: Message) -> String? {
    guard let open = gate else { return "there is no open gate" + (message.gate.map { " \"\($0)\"" } ?? "") }
    if let name = message.gate, name != open.gate.name, name != "\(open.number)" {
      return "there is no open gate \"\(name)\"; the open one is \(open.number), \"\(open.gate.name)\""
    }
    let title = "gate \"\(open.gate.name)\""
    switch (message.kind, open.gate.kind) {
    case (.promote, .approval): return "\(title) waits for a person who approves, and is not passed by promote"
    case (.promote, .pause): return "\(title) waits for a resume, and is not passed by promote"
    case (.approve, .time), (.approve, .check): return "\(title) waits for no approval; promote passes it"
    case (.approve, .pause): return "\(title) waits for a resume, not for an approval"
    default: return nil
    }
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
