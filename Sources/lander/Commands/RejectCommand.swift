import ArgumentParser
import DeployModel

/// Fails a gate that a deployment waits for.
struct RejectCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "reject", abstract: "Fails a gate that a deployment waits for, so that it goes back.",
    discussion: """
      The journal keeps who rejected and why. Exits with 0 if the deployment accepted it, with 3 if it did not: no such gate is open, the \
      deployment has ended, or no engine runs it.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var why: CommentOption
  @Argument(help: ArgumentHelp("The deployment.", valueName: "id"))
  var id: String
  @Argument(help: ArgumentHelp("The gate; without it, the only open one.", valueName: "gate"))
  var gate: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    try await Speech(kind: .reject, gate: gate, comment: why.comment).say(to: id, options, on: terminal)
  }
}
