import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Ends a deployment in good order, whoever runs it on this machine.
struct CancelCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Ends a deployment in good order: hosts restored, lock given back.",
    discussion: """
      Tells the engine that runs it; if there is none any more, resumes the deployment only to end it. Either way it waits until \
      hosts that go back are back; a rollback that is under way already is not interrupted, only waited for. Exits with 0 if the \
      deployment was cancelled as asked, with 3 if that came too late and it succeeded, else as the deployment: 10 if it had failed \
      and was rolled back, 11 if hosts could not go back. One that was interrupted and whose hosts newer deployments have taken over \
      since is named, and exits with 0: nothing of it is left to end. The deployment's own process, told so, exits with 15. One that is \
      parked is ended from here. One that was started elsewhere is told through the hosts that it has locked, within half a minute; this \
      waits for its answer only.

      Example:
        lander cancel 20261121-113045-x7k2 --message "Wrong branch"
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var why: CommentOption
  @Argument(
    help: ArgumentHelp("The deployment; without it, the only one that runs or was interrupted.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    Identity.introduce(why.actor)
    var id = id
    if let word = id, let train = try TrainFile.named(word, in: options.existingStateFolder()) {
      guard let running = try await OpenTrains(options).end(train, why.comment, on: terminal) else { return .done }
      id = running
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
      terminal.tell("Nothing was cancelled: every host had come to its end, and \(pair.first.kind.words.outcome).")
      return .refused
    }
  }

  private var reason: String { why.comment.isEmpty ? "lander cancel" : "lander cancel: \(why.comment)" }

  /// The request is fulfilled: the deployment does nothing any more, and a newer one decides what hosts run.
  private func tellSuperseded(_ pair: DeploymentPair, _ terminal: Terminal) -> DeployModel.ExitCode {
    Ending.note(pair.members.map(\.id))
    let lines = pair.superseded?.lines() ?? []
    if Ending.isLines { terminal.tell(lines) } else { terminal.say(lines) }
    return .done
  }

  /// Tells the engine that runs it, and waits.
  private func end(_ pair: DeploymentPair, _ desk: Desk, _ terminal: Terminal) async throws -> DeployModel.ExitCode {
    let name = pair.first.id
    EarlyEnd.nowHolds("the deployment may still hear the message")
    let told: String
    switch try await desk.say(.cancel, comment: why.comment, to: pair, patience: .seconds(4)) {
    case .answered(let id, _, let words): told = "\(id): \(SafeText.line(words))"
    case .ended, .heard, .unattended, .lockGone, .silent: told = "Deployment \(name) is about to end"
    // An engine of an older version only hears signals.
    case .ignored: told = "Told process \(try await desk.cancel(pair)) to end deployment \(name)"
    }
    terminal.tell("\(told); waiting for it. Ctrl-C stops waiting only.")
    EarlyEnd.onlyWaits(for: name)
    return try await desk.past.show(try await desk.wait(for: name), on: terminal)
  }
}
