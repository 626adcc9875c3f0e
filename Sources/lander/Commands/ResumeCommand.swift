import ArgumentParser
import DeployDesk
import DeployModel

/// Goes on with a deployment whose engine is gone.
struct ResumeCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Goes on with a deployment that was interrupted.",
    discussion: """
      Commands that were running on hosts are attached to again; nothing that ran is run twice. A host that is out of reach just now is \
      tried for as long as in a running deployment. A deployment and the rollback that followed from it are one thing here: the id of \
      either resumes what is left of both. Exits as the deployment would have: with 10 where it failed and was rolled back, also when \
      this command did no more than finish the rollback, and also when both had ended already.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @Argument(help: ArgumentHelp("The deployment; without it, the one that was interrupted last.", valueName: "id"))
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let desk = try Wiring.pastDesk(options, tell: terminal.listener())
    return try await desk.use { desk in
      let pair = try await desk.past.pair(id, or: [.interrupted, .running])
      if pair.state == .concluded { return try await desk.past.tellEnd(of: pair, terminal) }
      return try await Launch(desk: desk, terminal: terminal, progress: progress).resume(pair)
    }
  }
}
