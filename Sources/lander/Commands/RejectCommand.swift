import ArgumentParser
import DeployModel

/// Fails a gate that a deployment waits for.
struct RejectCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "reject", abstract: "Fails a gate that a deployment waits for, so that it goes back.",
    discussion: """
      The journal keeps who rejected and why. Exits with 0 if the deployment accepted it, with 3 if it did not: no such gate is open, the \
      deployment has ended, or no engine runs it. A parked deployment is resumed from here, and this exits as lander resume does.

      Example:
        lander reject 20261121-113045-x7k2 --message "Too many errors"
      """)

  @OptionGroup var choice: GateChoice

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode { try await choice.answer(.reject, on: terminal) }
}
