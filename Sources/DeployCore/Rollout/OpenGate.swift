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
  /// The strategy that asked for the gate; nil: the gate is a freeze that holds a wave.
  let script: ScriptID?
  /// The timer of the deadline, or of the next look; nil: there is neither.
  var timer: Int?
  /// Whether looks are due but a pause holds them.
  var isHeld = false
  /// The looks of a check; nil: the gate is no check.
  var looking: Looking?
  /// By slot: the look under way.
  var looks: [Look?] = []
  /// The signed approvals so far, if the gate asks for signatures.
  var approvals: [SignedApproval] = []

  /// The failure of a gate with this answer.
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
