import ArgumentParser
import DeployModel
import DeployReport
import DeployStore

/// Ends a deployment in good order, whoever runs it on this machine.
struct CancelCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Ends a deployment in good order: hosts restored, lock given back.",
    discussion: """
      Tells the process that runs it; where there is none any more, resumes the deployment only to end it. Exits with 0 where it ended \
      as asked, either way; the deployment's own process, told so, exits with 15.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @Argument(help: ArgumentHelp("The deployment; without it, the one that runs or was interrupted last.", valueName: "id"))
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (engine, past) = try Wiring.pastEngine(options)
    guard let deployment = try await past.open(id, or: terminal) else { return .done }
    if deployment.state == .interrupted {
      return try await Launch(engine: engine, terminal: terminal, progress: progress).resume(deployment, cancelling: "lander cancel")
    }
    guard let process = RunningEngine.process(of: deployment.id, claims: engine.state.claims), RunningEngine.tell(process) else {
      throw Problems(
        Problem(
          "the process that runs \(deployment.id) was not found", fix: "press Ctrl-C in its terminal, or try again once it is gone"),
        exit: .refused)
    }
    terminal.tell("Told process \(process) to end deployment \(deployment.id); waiting for it. Ctrl-C stops waiting only.")
    return try await RunningEngine.wait(for: deployment.id, past, terminal)
  }
}
