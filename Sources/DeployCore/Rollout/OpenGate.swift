import DeployModel

/// A gate that waits for its answer.
struct OpenGate: Sendable, Hashable {
  /// The operation or the script of one check.
  enum Asked: Sendable, Hashable {
    case intent(Int)
    case script(ScriptID)
  }

  let number: Int
  let gate: Gate
  /// The strategy that opened the gate, or nil if the gate is a freeze that delays a wave.
  let script: ScriptID?
  /// The timer for the gate's deadline or for its next check, or nil if there is none.
  var timer: Int?
  /// Whether checks are due but wait for the end of a pause.
  var isHeld = false
  /// The checks of a watch or the measurements of an analysis, or nil if the gate has neither.
  var checking: Checking?
  /// For each slot, the check under way, or nil if none is under way.
  var asked: [Asked?] = []
  /// The signed approvals so far, or empty if the gate does not require signatures.
  var approvals: [SignedApproval] = []

  /// Returns the failure of a gate that fails with this answer.
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
