import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Reads `deploy.lua` and says what is wrong with it.
struct CheckCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks deploy.lua, or a plugin that is not in a project, and lists every problem.",
    discussion: """
      Contacts no host and builds nothing. The command runs every recipe against simulated hosts, some without a release and some with an \
      earlier release. An error that does not depend on the answers of hosts counts as a problem. With a problem, the exit code is 2. If a \
      function stops because it needs an answer that only a real host can give, lander prints a warning.

      In the folder of a plugin that is not in a project, the command reads plugin.lua and the plugin's other files instead.

      Examples:
        lander check
        lander check --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if let plugin = try LonePlugin(options) {
      plugin.show(on: terminal)
      return .done
    }
    let loaded = try Wiring.project(options, reviews: true)
    let project = loaded.project
    let played = try await DryRun(project: loaded, stage: Wiring.stage, zones: TimeZones.table).result()
    let warnings = played.unsaid(project.warnings) + loaded.warnings + played.warnings
    for warning in warnings { terminal.warn(warning) }
    try played.refuse()
    let counts = [
      project.recipes.count.of("recipe"), project.groups.count.of("group"),
      project.groups.reduce(0) { $0 + $1.hosts.count }.of("host"),
    ]
    terminal.give(
      JSON.record([
        ("recipes", .list(project.recipes.map { .text($0.name) })), ("groups", .list(project.groups.map { .text($0.name) })),
        ("warnings", .list(warnings.map(\.value))),
      ]))
    terminal.say("deploy.lua is fine: " + counts.joined(separator: ", ") + ".")
    return .done
  }
}
