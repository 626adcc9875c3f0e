import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Cancels a deployment in an orderly way, no matter which process runs it.
struct CancelCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancels a deployment: restores its hosts and releases the locks.",
    discussion: """
      Tells the process that runs the deployment to cancel it. If no process runs the deployment because it was interrupted or parked, \
      this command resumes the deployment only to end it. Then the command waits until the hosts have been rolled back. It does not \
      interrupt a rollback. If another machine started the deployment, the message goes through the hosts that it has locked.

      Exits with 0 if the deployment was cancelled, and with 3 if the request came too late and the deployment succeeded. In all other \
      cases, the command exits with the deployment's exit code: 10 if the deployment had failed and was rolled back, and 11 if hosts could \
      not be rolled back. If newer deployments have taken over the hosts, nothing is left to cancel: lander says so and exits with 0. The \
      process that runs the deployment exits with 15.

      Example:
        lander cancel 20261121-113045-x7k2 --message "Wrong branch"
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var why: CommentOption
  @Argument(
    help: ArgumentHelp("The deployment. Default: the only deployment that is running or was interrupted.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    Identity.introduce(why.actor)
    var id = id
    if let word = id, let train = try TrainFile.named(word, in: options.existingStateFolder()) {
      guard let running = try await OpenTrains(options).end(train, why.comment, on: terminal) else { return .done }
      id = running.rawValue
    }
    let answering = Answering(draft: MessageDraft(.cancel, comment: why.comment), progress: progress, stay: nil)
    if let code = try await answering.perform(id, options, on: terminal) { return Ending.fulfilled(code) }
    if let id, try await !Speech.isKnown(id, options) {
      return try await Speech(kind: .cancel, comment: why.comment).sayFar(to: id, options, on: terminal)
    }
    let (desk, word) = (try Wiring.pastDesk(options, tell: terminal.listener(progress.mode)), id)
    return try await desk.use { desk in
      let pair = try await desk.past.pair(word, or: [.running, .interrupted])
      let code =
        switch pair.state {
        case .running: try await end(pair, desk, terminal)
        case .concluded: try await desk.past.tellEnd(of: pair, terminal)
        case .superseded: tellSuperseded(pair, terminal)
        case .interrupted, .damaged:
          try await Launch(desk: desk, terminal: terminal, progress: progress, folder: options.folderOrHere).resume(
            pair, cancelling: reason)
        }
      guard code == .done, pair.state != .concluded, pair.state != .superseded else {
        return Ending.fulfilled(code)
      }
      terminal.tell("Nothing was cancelled, because every host had already finished: \(pair.first.kind.words.outcome).")
      return .refused
    }
  }

  private var reason: String { why.comment.isEmpty ? "lander cancel" : "lander cancel: \(why.comment)" }

  /// Says that nothing is left to cancel, because a newer deployment has taken over the hosts.
  private func tellSuperseded(_ pair: DeploymentPair, _ terminal: Terminal) -> DeployModel.ExitCode {
    Ending.note(pair.members.map(\.id))
    let lines = pair.superseded?.lines() ?? []
    if Ending.isLines { terminal.tell(lines) } else { terminal.say(lines) }
    return .done
  }

  /// Tells the engine that runs the deployment to cancel it, and waits until the deployment has ended.
  private func end(_ pair: DeploymentPair, _ desk: Desk, _ terminal: Terminal) async throws -> DeployModel.ExitCode {
    let name = pair.first.id
    EarlyEnd.nowHolds("the deployment might still receive the message")
    let told: String
    switch try await desk.say(.cancel, comment: why.comment, to: pair, patience: .seconds(4)) {
    case .answered(let id, _, let words): told = "\(id): \(SafeText.line(words))"
    case .ended, .heard, .unattended, .lockGone, .silent: told = "Deployment \(name) is about to end"
    // An engine of an older version only understands signals.
    case .ignored: told = "Told process \(try await desk.cancel(pair)) to end deployment \(name)"
    }
    terminal.tell("\(told); waiting for it. Ctrl-C stops waiting only.")
    EarlyEnd.onlyWaits(for: name)
    return try await desk.past.show(try await desk.wait(for: name), on: terminal)
  }
}
