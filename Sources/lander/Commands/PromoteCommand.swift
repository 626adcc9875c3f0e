import ArgumentParser
import DeployModel

/// Ends a wait or a check of a deployment early, as passed.
struct PromoteCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Ends a wait or a check of a deployment early, and counts it as passed.",
    discussion: """
      The journal records who let the deployment through the gate, and why. You cannot promote an approval: use lander approve. Exits with \
      0 if the deployment accepted the message. Exits with 3 if the deployment did not accept it, because no such gate is open, or because \
      the deployment has ended or was interrupted. If the deployment is parked, this command resumes it on this machine. The exit codes \
      are then those of lander resume.

      Example:
        lander promote 20261121-113045-x7k2
      """)

  @OptionGroup var choice: GateChoice

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode { try await choice.answer(.promote, on: terminal) }
}
