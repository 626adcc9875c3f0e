import ArgumentParser
import DeployModel

/// Passes a wait or a check of a deployment before its time.
struct PromoteCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Passes a wait or a check of a deployment before its time.",
    discussion: """
      The journal keeps who passed it and why. An approval is not passed by this: lander approve is. Exits with 0 if the deployment \
      accepted it, with 3 if it did not: no such gate is open, the deployment has ended, or no engine runs it. A parked deployment \
      is resumed from here, and this exits as lander resume does.

      Example:
        lander promote 20261121-113045-x7k2
      """)

  @OptionGroup var choice: GateChoice

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode { try await choice.answer(.promote, on: terminal) }
}
