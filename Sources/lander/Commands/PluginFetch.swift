import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Downloads the plugins of `deploy.lock`.
struct PluginFetch: Verb {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Downloads exactly the plugins that deploy.lock lists.",
    discussion: """
      Use it in a fresh checkout or a CI job. Vendored plugins (lander plugin vendor) need no fetch.

      Example:
        lander plugin fetch
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let brought = try Wiring.plugins(of: options).fetch()
    terminal.give(JSON.record([("brought", .list(brought.map(\.nameAndVersion)))]))
    terminal.say(brought.isEmpty ? ["All plugins are here."] : brought.map { "Brought \($0.name) \($0.version)." })
    return .done
  }
}
