import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Shows what each plugin asks for and what it is allowed to do.
struct PluginAudit: Verb {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Shows what each plugin of the project asks for, and what it is allowed to do.",
    discussion: """
      In the folder of a plugin that is not in a project, the command shows what this plugin asks for.

      Example:
        lander plugin audit
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let alone = try LonePlugin(options)
    let plugins = try alone?.plugins ?? Wiring.project(options).plugins
    terminal.give(.list(plugins.map(\.value)))
    let rows = plugins.flatMap { $0.rows(isAlone: alone != nil) }
    let table = Table(["PLUGIN", "VERSION", "FROM", "ASKS FOR", "MAY"], rows: rows)
    terminal.say(rows.isEmpty ? ["The project requires no plugin."] : table.lines(on: terminal.out))
    return .done
  }
}
