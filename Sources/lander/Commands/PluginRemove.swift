import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Removes a plugin.
struct PluginRemove: Verb {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Removes a plugin from deploy.lock, together with dependencies that no other plugin requires.",
    discussion: """
      Example:
        lander plugin remove slack
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The plugin.", valueName: "name"))
  var name: String

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let changes = try Wiring.plugins(of: options).remove(name)
    terminal.show(changes.flatMap(\.lines), PluginChange.value(of: changes))
    return .done
  }
}
