import ArgumentParser
import DeployModel
import DeployReport
import DeployStore

/// Ends a deployment in good order, whoever runs it on this machine.
struct CancelCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Ends a deployment in good order: hosts restored, lock given back.",
    discussion: """
      Tells the process that runs it; where there is none any more, resumes the deployment only to end it. Either way it waits until \
      hosts that go back are back; a rollback that is under way already is not interrupted, only waited for. Exits with 0 where the \
      deployment was cancelled as asked, else as the deployment: 10 where it had failed and was rolled back, 11 where hosts could not \
      go back. The deployment's own process, told so, exits with 15.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @Argument(help: ArgumentHelp("The deployment; without it, the one that runs or was interrupted last.", valueName: "id"))
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (engine, past) = try Wiring.pastEngine(options)
    let pair = try await past.pair(id, or: [.running, .interrupted])
    let code =
      switch pair.state {
      case .running: try await end(pair, engine, past, terminal)
      case .concluded: try await past.tellEnd(of: pair, terminal)
      case .interrupted, .damaged:
        try await Launch(engine: engine, terminal: terminal, progress: progress).resume(pair, cancelling: "lander cancel")
      }
    // What was asked was that it ends.
    return code == .cancelled ? .done : code
  }

  /// Tells the process that runs it, and waits.
  private func end(_ pair: Pair, _ engine: Engine, _ past: PastDeployments, _ terminal: Terminal) async throws -> DeployModel.ExitCode {
    let name = pair.first.id
    guard let process = await RunningEngine.tell(pair, claims: engine.state.claims) else {
      throw Problems(
        Problem("the process that runs \(name) was not found", fix: "press Ctrl-C in its terminal, or try again once it is gone"),
        exit: .refused)
    }
    terminal.tell("Told process \(process) to end deployment \(name); waiting for it. Ctrl-C stops waiting only.")
    EarlyEnd.onlyWaits(for: name)
    let ended = try await RunningEngine.wait(for: name, past, terminal)
    let summary = try await past.summary(of: ended)
    Ending.note(ended.members.map(\.id), summary.problems)
    if Ending.isLines {
      for member in ended.members {
        var lines = EntryLines()
        for entry in try await past.entries(of: member.id) { terminal.say(lines.line(entry, of: member.id)) }
      }
      terminal.tell(summary.lines(on: terminal.err))
    } else {
      terminal.say(summary.lines(on: terminal.out))
    }
    return summary.exit ?? .internal
  }
}
