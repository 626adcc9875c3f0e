import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Copies plugins into the project.
struct PluginVendor: Verb {
  static let configuration = CommandConfiguration(
    commandName: "vendor", abstract: "Copies the plugins into vendor/lander, so that you can commit them with the project.",
    discussion: """
      Afterwards, a checkout contains the plugins, and lander downloads nothing. The digests in deploy.lock do not change.

      Example:
        lander plugin vendor
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let plugins = try Wiring.plugins(of: options).vendor()
    terminal.give(JSON.record([("vendored", .list(plugins.map(\.nameAndVersion)))]))
    terminal.say(plugins.map { "vendor/lander/\($0.name)  \($0.version)" })
    return .done
  }
}
