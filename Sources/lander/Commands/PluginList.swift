import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Lists the plugins of `deploy.lock`.
struct PluginList: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the plugins in deploy.lock, with their versions and sources.",
    discussion: """
      Example:
        lander plugin list --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let verified = try Wiring.plugins(of: options).verify()
    terminal.give(.list(verified.map(\.value)))
    let rows = verified.map { one in
      [
        SafeText.line(one.plugin.name), "\(one.plugin.version)", one.plugin.commit.map { String($0.prefix(12)) } ?? "folder", one.state,
        SafeText.line(one.plugin.source),
      ]
    }
    let none = "deploy.lock has no plugin. lander plugin add SOURCE adds one."
    terminal.say(rows.isEmpty ? [none] : Table(["PLUGIN", "VERSION", "COMMIT", "FILES", "SOURCE"], rows: rows).lines(on: terminal.out))
    return .done
  }
}
