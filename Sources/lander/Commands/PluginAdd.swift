import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Adds a plugin from elsewhere.
struct PluginAdd: Verb {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Adds a plugin from a git repository or a folder, with all plugins that it requires.",
    discussion: """
      SOURCE is a folder, or any address that git clone takes. RANGE limits the versions: ^1.2 (below 2), ~1.2.3 (below 1.3), 1.2.3, \
      ">=1.0 <2", or * for all. lander takes the newest tag in the range. The command runs no programs except git, and ssh if git needs \
      it. A plugin has no capability until deploy.lua grants it: allow "name" { … }.

      Examples:
        lander plugin add https://git.example.com/lander-slack.git@^1.2
        lander plugin add ../lander-slack
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("SOURCE or SOURCE@RANGE.", valueName: "source"))
  var source: String
  @OptionGroup var acceptance: AcceptOption

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let asked = PluginReference(source)
    let changes = try Wiring.plugins(of: options).add(asked.source, asked.range, accepts: acceptance.accept)
    terminal.show(changes.flatMap(\.lines), PluginChange.value(of: changes))
    return .done
  }
}
