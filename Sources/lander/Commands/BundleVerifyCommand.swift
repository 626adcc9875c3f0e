import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Compares every file of one or all bundles with its recorded digest.
struct BundleVerify: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads every file of one bundle or of all bundles, and compares each file with its digest.",
    discussion: """
      Examples:
        lander bundle verify
        lander bundle verify 3f2a91c
      """)
  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(
    help: ArgumentHelp("The beginning of the bundle's digest. Default: all bundles.", valueName: "bundle")
  )
  var bundle: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let shelf = try Wiring.someShelf(options)
    let count = try await Retention(shelf: shelf, past: nil).verify(bundle)
    terminal.give(JSON.record([("whole", .int(count))]))
    terminal.say(bundle == nil ? "Every bundle is whole: \(count.of("bundle"))." : "The bundle is whole.")
    return .done
  }
}
