package import DeployModel

/// The marks that hosts are asked to record for the current stage, and the hosts' answers.
struct Marking: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case idle
    /// Hosts record that the stage begins.
    case beginning
    /// The stage's function runs.
    case running
    /// Hosts record how the stage ended, or delete its mark.
    case ending(ScriptError?)
    /// Hosts record a mark that another host already has.
    case passing
  }

  private(set) var step = Step.idle
  /// The number of hosts that have not answered.
  private(set) var waiting = 0
  /// The marks of other deployments that hosts already had.
  private(set) var found: [StageMark] = []
  /// The hosts that recorded the mark.
  private(set) var written: [Int] = []
  /// Whether the stage's last command succeeded or has an unknown outcome.
  private(set) var isInDoubt = false
  /// The hosts that did not record the mark, with the reasons.
  private var refused: [Refused] = []

  struct Refused: Sendable, Hashable {
    var host: Int
    var failure: Failure
  }

  mutating func begin(_ step: Step, asking hosts: Int) {
    self = Marking()
    self.step = step
    waiting = hosts
  }

  mutating func run() { step = .running }

  /// Records that a command of the stage has ended.
  mutating func heard(_ outcome: Outcome) { isInDoubt = outcome.failure?.leavesUnknown ?? true }

  mutating func answered(_ host: Int, _ outcome: Outcome) {
    waiting -= 1
    if let failure = outcome.failure {
      refused.append(Refused(host: host, failure: failure))
    } else if let mark = StageMark(outcome.value) {
      found.append(mark)
    } else {
      written.append(host)
    }
  }

  /// The first host that did not record the mark, or nil if there is none.
  var failed: Refused? { refused.first }

  /// Returns why a host did not record the mark, or nil if it did or was not asked.
  func failure(of host: Int) -> Failure? { refused.first { $0.host == host }?.failure }

  /// The mark that counts if hosts have different marks, or nil if no host had a mark. A mark with the state *done* takes precedence.
  var decisive: StageMark? { found.first { $0.state == .done } ?? found.first }
}

extension Failure {
  /// Whether the operation might have been completed despite this failure.
  var leavesUnknown: Bool {
    switch kind {
    case .lost, .unreachable, .transport, .fenced, .internal, .store: true
    default: false
    }
  }
}

extension StageMark {
  /// Reads a mark from a host's answer. Returns nil if the value is not a mark.
  package init?(_ value: Value) {
    guard let stage = value["stage"]?.text, let revision = value["revision"]?.text.map({ Digest(hex: $0) }),
      let state = value["state"]?.text.flatMap(State.init), let deployment = value["deployment"]?.text, let by = value["by"]?.text,
      let at = value["at"]?.int
    else { return nil }
    self.init(
      stage: stage, revision: revision, state: state, deployment: Deployment.ID(deployment), by: by, at: Timestamp(milliseconds: at),
      isIrreversible: value["irreversible"]?.bool == true, undo: value["undo"]?.text.flatMap(Undo.init))
  }

  package var value: Value {
    var members: [(String, Value)] = [
      ("stage", .text(stage)), ("revision", .text(revision.hex)), ("state", .text(state.rawValue)),
      ("deployment", .text(deployment.rawValue)), ("by", .text(by)), ("at", .int(at.milliseconds)), ("irreversible", .bool(isIrreversible)),
    ]
    if let undo { members.append(("undo", .text(undo.rawValue))) }
    return .record(of: members)
  }

  /// Returns the failure for a stage whose outcome is unknown: a deployment began the stage, or began to undo it, and recorded no end.
  /// - Parameter typed: the arguments after `lander deploy`.
  package func lost(typed: String) -> Failure {
    let began =
      state == .undoing
      ? "deployment \(deployment) of \(by) began to undo stage \"\(stage)\" of this revision, and nobody knows whether that came to its end"
      : "stage \"\(stage)\" was begun for this revision by deployment \(deployment) of \(by), and nobody knows whether it came to its end"
    let (done, again) = ("lander deploy \(typed) --ran \(stage)", "lander deploy \(typed) --again \(stage)")
    let advice =
      state == .undoing
      ? "check whether it is undone: then \(again), else \(done)" : "check whether it is done: then \(done), else \(again)"
    return Failure(
      .lost, began + "; it does not run again by itself",
      fix: "where it was begun, lander resume \(deployment) finds out and continues\nelse \(advice)")
  }
}
