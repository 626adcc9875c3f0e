import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Takes newer versions of plugins.
struct PluginUpdate: Verb {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Updates plugins to the newest versions that their ranges allow (see lander plugin add).",
    discussion: """
      Without --accept, the command refuses a version that asks for more capabilities than the previous one, and shows the difference.

      Examples:
        lander plugin update
        lander plugin update slack --accept
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The plugins. Default: all plugins that were added.", valueName: "name"))
  var names: [String] = []
  @OptionGroup var acceptance: AcceptOption

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let changes = try Wiring.plugins(of: options).update(names, accepts: acceptance.accept)
    terminal.show(changes.isEmpty ? ["No newer version is in the ranges."] : changes.flatMap(\.lines), PluginChange.value(of: changes))
    return .done
  }
}
