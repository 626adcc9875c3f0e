import ArgumentParser
import DeployModel

/// Signs a plugin with an ssh key.
struct PluginSign: Verb {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Signs a plugin with an ssh key: writes plugin.sig beside plugin.lua.",
    discussion: """
      The signature covers the plugin's name, its version and the digest of all its files. So make all other changes first, then sign, \
      commit and tag. The machine that deploys can have a policy that requires signed plugins (LANDER_POLICY in docs/write-a-plugin.md).

      Example:
        lander plugin sign plugins/chat --key ~/.ssh/id_ed25519
      """)

  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The plugin's folder.", valueName: "dir"))
  var folder = "."
  @Option(help: ArgumentHelp("A private key, or a public key whose private key is in ssh-agent.", valueName: "file"))
  var key: String

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let manifest = try PluginSigning(folder: Folder.absolute(folder), key: Folder.absolute(key)).sign()
    terminal.say("Signed \(manifest.name) \(manifest.version): \(folder == "." ? "" : folder + "/")\(PluginSignature.file).")
    return .done
  }
}
