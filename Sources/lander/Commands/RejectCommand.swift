import ArgumentParser
import DeployModel

/// Rejects a gate at which a deployment waits.
struct RejectCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "reject", abstract: "Rejects a gate at which a deployment waits, so that the deployment is rolled back.",
    discussion: """
      The journal records who rejected and why. Exits with 0 if the deployment accepted the rejection. Exits with 3 if the deployment did \
      not accept it, because no such gate is open, or because the deployment has ended or was interrupted. If the deployment is parked, \
      this command resumes it on this machine. The exit codes are then those of lander resume.

      Example:
        lander reject 20261121-113045-x7k2 --message "Too many errors"
      """)

  @OptionGroup var choice: GateChoice

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode { try await choice.answer(.reject, on: terminal) }
}
