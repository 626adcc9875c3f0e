package import DeployModel

/// How a command ended: the object of `--json` and `--result`, and the last line of `--output ndjson`.
package struct EndLine: Sendable {
  package var exit: ExitCode
  /// The words of the command, such as `bundle list`, or empty if there were none.
  package var command = ""
  /// The deployment and the rollback that followed it, or an empty list if no deployment was begun.
  package var deployments: [Deployment.ID]
  /// Whether the deployment has begun but its outcome is unknown. If so, repeating the command would begin another deployment.
  package var isUnderWay = false
  /// The problems, with the cause first.
  package var problems: [Problem]
  /// Everything that deserves attention but did not affect the outcome, in the order in which it was reported.
  package var warnings: [Problem] = []
  /// The result as JSON. Nil if the command has only text, or if it failed before it had a result.
  package var result: String?
  /// If there is no result, the command's output for people. Nil if that output is not included.
  package var text: [String]?

  package init(_ exit: ExitCode, deployments: [Deployment.ID] = [], problems: [Problem] = []) {
    self.exit = exit
    self.deployments = deployments
    self.problems = problems
  }

  /// The object on one line, without a line break, such as
  /// `{"v":1,"type":"ended","command":"deploy","kind":"unreachable","exit":20,"cause":"infrastructure",…}`.
  package var line: String {
    let first = problems.first
    let head = JSON.text(
      JSON.record([
        ("v", 1), ("type", "ended"), ("command", .text(command)), ("kind", .text(exit.word)), ("exit", .int(Int(exit.rawValue))),
        ("cause", exit.cause.map { .text($0) }), ("retry", .bool(exit.isSafeToRetry && !isUnderWay)),
        ("message", first.map { .text($0.message) } ?? (exit == .done ? nil : .text(exit.sentence))), ("fix", first?.fix.map { .text($0) }),
        ("deployment", deployments.first.map { .text($0.rawValue) }),
        ("rollback", deployments.dropFirst().first.map { .text($0.rawValue) }),
        ("problems", .list(problems.map(\.value))), ("warnings", warnings.isEmpty ? nil : .list(warnings.map(\.value))),
      ]))
    // A command that failed before it printed anything has no result.
    let said = text.flatMap { $0.isEmpty && exit != .done ? nil : JSON.text(JSON.record([("text", .list($0.map { .text($0) }))])) }
    guard let rest = result ?? said else { return head }
    return head.dropLast() + ",\"result\":\(rest)}"
  }
}

extension ExitCode {
  /// The exit code's name, for programs.
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

  /// Who has to act, in a word for programs, or nil if nobody has to.
  package var cause: String? {
    switch self {
    case .done: nil
    case .internal: "defect"
    case .usage: "input"
    case .refused: "policy"
    case .locked: "busy"
    case .rolledBack, .held, .unfit: "release"
    case .rollbackFailed, .paused, .cancelled, .rejected, .detached: "person"
    case .partial: "purpose"
    case .unreachable, .infrastructure: "infrastructure"
    case .hungUp, .interrupted, .terminated: "signal"
    }
  }

  /// Whether a program can safely repeat the same command immediately. It can if nothing was changed and the request itself is not wrong.
  package var isSafeToRetry: Bool { [.locked, .unreachable, .infrastructure].contains(self) }

  /// What the exit code means for a task. A task deploys no release and rolls nothing back.
  var sentenceOfTask: String {
    switch self {
    case .rolledBack: "it failed before it ran anything that stays, and every touched host is in service again"
    case .rollbackFailed: "it failed, and a host is not in service again: a person is needed"
    case .held: "it failed, and what it ran stays"
    case .partial: "it ended on purpose before all hosts had it"
    case .cancelled: "it was cancelled before it ran anything that stays"
    case .unfit: "a gate found hosts unfit, and no further one was taken"
    default: sentence
    }
  }

  /// What the exit code means. This is for outcomes that have no words of their own.
  package var sentence: String {
    switch self {
    case .done: "done"
    case .internal: "lander has a defect"
    case .usage: "something that was written is wrong"
    case .refused: "it was refused"
    case .locked: "somebody else holds the lock"
    case .rolledBack: "it failed, and every touched host is back on what it ran before"
    case .rollbackFailed: "it failed and could not go back: a person is needed"
    case .held: "it failed, and was left as it is"
    case .paused: "it waits for a person"
    case .partial: "it ended on purpose before all was done or seen"
    case .cancelled: "it was cancelled, and hosts were restored"
    case .rejected: "it was rejected, or not answered in time"
    case .unfit: "a gate found the release bad, and hosts went back"
    case .unreachable: "hosts are unreachable"
    case .infrastructure: "transport, space or a store was in the way"
    case .detached: "it is left, and still runs"
    case .hungUp: "the terminal was closed"
    case .interrupted: "interrupted"
    case .terminated: "terminated"
    }
  }
}

extension Summary {
  /// How the deployment ended, in a sentence, or nil if it has no conclusion.
  package var sentence: String? {
    guard story.plan?.kind.task != nil else { return exit?.sentence }
    if exit == .held, story.conclusion?.status == .cancelled { return "it was cancelled, and what it ran stays" }
    return exit?.sentenceOfTask
  }

  /// Why the deployment ended in this way, with the first cause first. The list is empty if nothing failed.
  package var problems: [Problem] {
    let isBack = rollback?.conclusion.map { $0.status == .succeeded } ?? true
    let errors = [story.first?.error ?? story.conclusion?.error, isBack ? nil : rollback?.first?.error ?? rollback?.conclusion?.error]
    return errors.compactMap { $0 }.map { error in
      // The failure of a cancellation says only who requested it.
      let isBare = error.failure.kind == .cancelled && error.host == nil && !error.failure.message.contains("cancel")
      let message = isBare ? "cancelled: \(error.failure.message)" : error.failure.message
      return Problem(message, place: error.place, subject: error.host, fix: error.failure.fix)
    }
  }
}
