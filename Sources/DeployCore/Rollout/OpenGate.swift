import DeployModel

/// A gate that waits for its answer.
struct OpenGate: Sendable, Hashable {
  /// What one look waits for.
  enum Look: Sendable, Hashable {
    case intent(Int)
    case script(ScriptID)
  }

  let number: Int
  let gate: Gate
  /// The strategy that asked; nil: a freeze window holds its wave.
  let script: ScriptID?
  /// The timer of the deadline, or of the next look; nil: neither is due.
  var timer: Int?
  /// Whether looks are due but a pause holds them.
  var isHeld = false
  /// Of a check.
  var looking: Looking?
  /// By slot: the look under way.
  var looks: [Look?] = []
  /// Of an approval that asks for signatures: those that came.
  var approvals: [SignedApproval] = []

  /// The failure, if the gate has failed.
  func failure(_ answer: GateAnswer) -> Failure {
    let comment = answer.comment.isEmpty ? "" : ": \(answer.comment)"
    switch (gate.kind, answer.by) {
    case (.analysis, nil):
      return Failure(
        .unfit, "the analysis \"\(gate.name)\" found the release worse than its twins\(comment)",
        fix: "fix what it found, and deploy again")
    case (.check, nil):
      return Failure(.unfit, "the watch \"\(gate.name)\" failed\(comment)", fix: "fix what it found, and deploy again")
    case (_, let person?): return Failure(.rejected, "\(person) rejected \"\(gate.name)\"\(comment)")
    case (_, nil):
      return Failure(
        .rejected, "gate \"\(gate.name)\" failed\(comment)", fix: "deploy again when somebody is there to answer, or give it more time")
    }
  }
}
