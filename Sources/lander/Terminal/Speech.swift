import DeployDesk
import DeployModel
import DeployReport

/// Sends a message to a deployment that another process runs, and reports the answer.
struct Speech {
  let kind: Message.Kind
  /// The gate that the message is for, or nil for the open gate.
  var gate: String?
  /// The reason, or empty if none is given.
  var comment = ""
  /// The function that signs an approval, or nil if the approval is not signed.
  var sign: Signing?

  /// Sends the message. A deployment that was started from here gets it through the state folder; any other deployment gets it through the
  /// hosts that the deployment has locked.
  /// - Parameter word: the deployment, or nil for the only one that has not ended.
  /// - Returns: `done` if the deployment accepted the message.
  /// - Throws: an error that says why the deployment did not accept it, with exit code 3.
  func say(to word: String?, _ options: ProjectOptions, on terminal: Terminal) async throws -> ExitCode {
    if let word, try await !Self.isKnown(word, options) { return try await sayFar(to: word, options, on: terminal) }
    let desk = try Wiring.pastDesk(options, tell: terminal.listener())
    return try await desk.use { desk in
      try await say(to: try await desk.past.pair(word, or: [.running, .interrupted]), desk, on: terminal)
    }
  }

  /// Returns whether the journal of this folder has such a deployment.
  static func isKnown(_ word: String, _ options: ProjectOptions) async throws -> Bool {
    try await Wiring.past(options)?.knows(word) ?? false
  }

  /// Sends the message to a pair that has already been found.
  func say(to pair: DeploymentPair, _ desk: Desk, on terminal: Terminal) async throws -> ExitCode {
    EarlyEnd.nowHolds("the deployment might still receive the message")
    let reception = try await desk.say(kind, gate: gate, comment: comment, signing: sign, to: pair)
    Ending.note(pair.members.map(\.id))
    return try told(reception, terminal)
  }

  /// Sends the message to a deployment that was started elsewhere.
  func sayFar(to word: String, _ options: ProjectOptions, on terminal: Terminal) async throws -> ExitCode {
    let project = try await Wiring.lastingProject(options, tell: terminal.listener())
    let selections = try project.project.selections(recipe: nil, group: nil)
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener())
    return try await desk.use { desk in
      terminal.tell("Deployment \(word) was not started from here: asking the hosts.")
      if kind == .pause, let found = try await desk.findParked(word, on: selections).found {
        throw Problems(found.obstacle(at: desk.now, queues: false), exit: .refused)
      }
      EarlyEnd.nowHolds("the deployment might still receive the message")
      return try told(try await desk.say(kind, gate: gate, comment: comment, signing: sign, toFar: word, on: selections), terminal)
    }
  }

  private func told(_ reception: Reception, _ terminal: Terminal) throws -> ExitCode {
    if case .answered(let id, let accepted, let words) = reception {
      terminal.give(
        JSON.record([
          ("deployment", .text(id.rawValue)), ("said", .text(kind.rawValue)), ("accepted", .bool(accepted)), ("text", .text(words)),
        ]))
    }
    guard case .answered(let id, accepted: true, let words) = reception else { throw refusal(reception) }
    terminal.say("\(id): \(SafeText.line(words))")
    return .done
  }

  private func refusal(_ reception: Reception) -> Problems {
    switch reception {
    case .answered(let id, _, let words):
      return Problems(Problem("\(id): \(words)", fix: "lander status shows what it does"), exit: .refused)
    case .heard(let id):
      return Problems(
        Problem(
          "deployment \(id) recorded the \(kind.rawValue), but its engine died before it answered",
          fix: "lander resume \(id) continues it and handles the message"), exit: .refused)
    case .ended(let pair):
      let ends = pair.members.map { "\($0.id) \($0.status?.rawValue ?? "has ended")" }.joined(separator: ", its rollback ")
      return Problems(
        Problem("the deployment has ended, so it cannot receive the \(kind.rawValue): \(ends)", fix: "see lander history"),
        exit: .refused)
    case .unattended(let pair):
      if let superseded = pair.superseded { return Problems(superseded, exit: .refused) }
      let id = pair.first.id
      return Problems(
        Problem(
          "no engine runs \(pair.first.kind.words.named(id)), so nobody receives the \(kind.rawValue): it was interrupted",
          fix: (pair.back ?? pair.first).wayOn), exit: .refused)
    case .ignored(let id, let time):
      return Problems(
        Problem(
          "the engine of deployment \(id) did not take the message within \(time), so the message was withdrawn",
          fix: "an older version of lander accepts only lander cancel \(id); otherwise check the terminal where it runs"), exit: .refused)
    case .lockGone(let id):
      return Problems(
        Problem(
          "deployment \(id) released its locks before it answered: it has ended, or its rollback began",
          fix: "lander status shows what the hosts run and which deployment has their locks"), exit: .refused)
    case .silent(let id, let time, let left):
      let back =
        left.isEmpty
        ? "and the message was withdrawn"
        : "and the message could not be withdrawn on \(left.joined(separator: " ")): an engine that resumes receives it"
      return Problems(
        Problem(
          "no engine of deployment \(id) took the message within \(time), \(back). Its engine is gone, unreachable, or of an older "
            + "version. If an engine received the message and then died, the message counts once somebody resumes the deployment. "
            + "A message that lets a deployment continue counts only if it is on two of its hosts",
          fix: "lander status shows whether its engine renews the lease; lander unlock removes the lock of a dead engine"),
        exit: .refused)
    }
  }
}
