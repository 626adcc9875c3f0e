import ArgumentParser
import DeployModel
import DeployReport
import DeployStore

/// Goes on with a deployment whose engine is gone.
struct ResumeCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Goes on with a deployment that was interrupted.",
    discussion: "Commands that were running on hosts are attached to again; nothing that ran is run twice.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @Argument(help: ArgumentHelp("The deployment; without it, the one that was interrupted last.", valueName: "id"))
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (engine, past) = try Wiring.pastEngine(options)
    guard let deployment = try await past.open(id, or: terminal) else { return .done }
    return try await Launch(engine: engine, terminal: terminal, progress: progress).resume(deployment)
  }
}
