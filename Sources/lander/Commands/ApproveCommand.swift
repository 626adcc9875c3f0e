import ArgumentParser
import DeployModel

/// Passes an approval that a deployment waits for.
struct ApproveCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Passes an approval that a deployment waits for.",
    discussion: """
      The journal keeps who approved and why; nobody checks who it was. Exits with 0 if the deployment accepted it, with 3 if it did not: \
      no such gate is open, the deployment has ended, or no engine runs it. A parked deployment is resumed from here, and this exits as \
      lander resume does.

      Example:
        lander approve 20261121-113045-x7k2 --message "Looked at the canary"
      """)

  @OptionGroup var choice: GateChoice

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode { try await choice.answer(.approve, on: terminal) }
}
