import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Lists recipes, their parameters, and groups.
struct ListCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the recipes with their parameters, and the groups.",
    discussion: """
      With --json, lander describes each recipe's parameters as a JSON Schema.

      Examples:
        lander list
        lander list --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let report = ProjectReport(try Wiring.project(options).project)
    terminal.show(report.lines(on: terminal.out), report.value)
    return .done
  }
}
