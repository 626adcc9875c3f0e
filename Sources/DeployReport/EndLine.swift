package import DeployModel

/// The last line for programs that read standard output: how a command ended, whatever it was that ended it.
package struct EndLine: Sendable {
  package var exit: ExitCode
  /// The deployment and the rollback that followed from it; empty if none was begun.
  package var deployments: [Deployment.ID]
  /// What was wrong, the cause first.
  package var problems: [Problem]

  package init(_ exit: ExitCode, deployments: [Deployment.ID] = [], problems: [Problem] = []) {
    self.exit = exit
    self.deployments = deployments
    self.problems = problems
  }

  /// `{"v":1,"type":"ended","kind":"unreachable","exit":20,"cause":…,"problems":[…]}`, without the line's end.
  package var text: String {
    return JSON.text(
      JSON.record([
        ("v", 1), ("type", "ended"), ("kind", .text(exit.word)), ("exit", .int(Int(exit.rawValue))),
        ("deployment", deployments.first.map { .text($0) }), ("rollback", deployments.dropFirst().first.map { .text($0) }),
        ("cause", problems.first.map { .text($0.message) }), ("problems", .list(problems.map(\.value))),
      ]))
  }
}

extension ExitCode {
  /// Its name for programs.
  package var word: String {
    switch self {
    case .done: "done"
    case .internal: "defect"
    case .usage: "usage"
    case .refused: "refused"
    case .locked: "locked"
    case .rolledBack: "rolled_back"
    case .rollbackFailed: "rollback_failed"
    case .held: "held"
    case .paused: "paused"
    case .partial: "partial"
    case .cancelled: "cancelled"
    case .rejected: "rejected"
    case .unfit: "unfit"
    case .unreachable: "unreachable"
    case .infrastructure: "infrastructure"
    case .detached: "detached"
    case .hungUp: "hung_up"
    case .interrupted: "interrupted"
    case .terminated: "terminated"
    }
  }
}

extension Summary {
  /// Why it ended so, the first cause first; empty if all went well.
  package var problems: [Problem] {
    let isBack = rollback?.conclusion.map { $0.status == .succeeded } ?? true
    let errors = [story.first?.error ?? story.conclusion?.error, isBack ? nil : rollback?.first?.error ?? rollback?.conclusion?.error]
    return errors.compactMap { $0 }.map {
      Problem($0.failure.message, place: $0.place, subject: $0.host, fix: $0.failure.fix)
    }
  }
}
