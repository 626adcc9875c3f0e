import ArgumentParser
import DeployModel

/// `lander approve`: approves a gate at which a deployment waits.
struct ApproveCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "Approves a gate at which a deployment waits.",
    discussion: """
      The journal records who approved and why. lander verifies the approver's name only if the recipe lists the people who are allowed to \
      approve (the option from). These people sign their approval with --key. The file allowed_signers beside deploy.lua contains their \
      public keys. Exits with 0 if the deployment accepted the approval. Exits with 3 if the deployment did not accept it, because no such \
      gate is open, or because the deployment has ended or was interrupted. If the deployment is parked, this command resumes it on this \
      machine. The exit codes are then those of lander resume.

      Examples:
        lander approve 20261121-113045-x7k2 --message "Looked at the canary"
        lander approve 20261121-113045-x7k2 --key ~/.ssh/id_ed25519
      """)

  @OptionGroup var choice: GateChoice
  @Option(
    help: ArgumentHelp(
      "Sign the approval with this key: a private key, or a public key whose private key is in ssh-agent.", valueName: "file"))
  var key: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    try await choice.answer(.approve, signing: key.map { Wiring.signing(key: Folder.absolute($0)) }, on: terminal)
  }
}
