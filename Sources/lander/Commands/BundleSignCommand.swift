import ArgumentParser
import DeployModel
import DeployReport

/// Signs a bundle with an ssh key.
struct BundleSign: Verb {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Signs a bundle of the store with an ssh key.",
    discussion: """
      The signature covers the bundle's digest. The store keeps the signature beside the bundle. With --out, lander also writes the \
      signature to a file. If a recipe deploys the archive NAME, lander automatically uses the signature NAME.sig beside it. --signature \
      adds a signature that was made elsewhere. The machine that deploys can have a policy that requires signed bundles (LANDER_POLICY in \
      docs/write-a-plugin.md).

      Examples:
        lander bundle sign $(lander bundle build web) --key ~/.ssh/id_ed25519
        lander bundle sign 3f2a91c --key release.key --out app.tar.gz.sig
        lander bundle sign 3f2a91c --signature app.sig
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The beginning of the bundle's digest.", valueName: "bundle"))
  var bundle: String
  @Option(help: ArgumentHelp("A private key, or a public key whose private key is in ssh-agent.", valueName: "file"))
  var key: String?
  @Option(help: ArgumentHelp("Add this signature, which was made elsewhere.", valueName: "file"))
  var signature: String?
  @Option(help: ArgumentHelp("Also write the signature to this file.", valueName: "file"))
  var out: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let signing = try Wiring.signing(options, of: bundle)
    try signing.sign(key: key.map { Folder.absolute($0) }, or: signature.map { Folder.absolute($0) })
    try out.map { try signing.write(to: Folder.absolute($0)) }
    terminal.give(JSON.record([("digest", .text(signing.bundle.hex)), ("out", out.map { .text($0) })]))
    terminal.say("Signed \(signing.bundle.hex).")
    return .done
  }
}
