import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Reads every file of bundles again.
struct BundleVerify: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Reads every file of a bundle, or of all, and compares it with its digest.",
    discussion: """
      Examples:
        lander bundle verify
        lander bundle verify 3f2a91c
      """)
  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(
    help: ArgumentHelp("The beginning of its digest; all if none is named.", valueName: "bundle")
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
