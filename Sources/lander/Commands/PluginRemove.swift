import ArgumentParser
import DeployDesk
import DeployModel

/// Removes a plugin.
struct PluginRemove: Verb {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Removes a plugin from deploy.lock, with what only it required.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The plugin.", valueName: "name"))
  var name: String

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    terminal.say(try Wiring.plugins(of: options).remove(name).flatMap(\.lines))
    return .done
  }
}
