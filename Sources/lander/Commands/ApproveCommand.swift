import ArgumentParser
import DeployModel

/// Passes an approval that a deployment waits for.
struct ApproveCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Passes an approval that a deployment waits for.",
    discussion: """
      The journal keeps who approved and why. Nobody checks who it was, unless the recipe names those who may approve (from): they \
      sign with --key, and allowed_signers beside deploy.lua says whose keys count. Exits with 0 if the deployment accepted it, with 3 \
      if it did not: no such gate is open, the deployment has ended, or no engine runs it. A parked deployment is resumed from here, and \
      this exits as lander resume does.

      Examples:
        lander approve 20261121-113045-x7k2 --message "Looked at the canary"
        lander approve 20261121-113045-x7k2 --key ~/.ssh/id_ed25519
      """)

  @OptionGroup var choice: GateChoice
  @Option(help: ArgumentHelp("Signs the answer: a private key, or a public one that ssh-agent holds.", valueName: "file"))
  var key: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    try await choice.answer(.approve, signing: key.map { Wiring.signing(key: Folder.absolute($0)) }, on: terminal)
  }
}
