import ArgumentParser
import DeployCore
import DeployModel
import DeployReport

/// Reads `deploy.lua` and says what is wrong with it.
struct CheckCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Reads deploy.lua and says everything that is wrong with it.",
    discussion: """
      No host is reached and nothing is built. Every recipe is played against simulated hosts, some of which have nothing yet and some an \
      earlier release. What is wrong whatever hosts answer is a problem, and the exit code is 2; where a function stops because of an \
      answer that only a real host gives, a warning says so.
      """)

  @OptionGroup var options: ProjectOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let loaded = try Wiring.project(options)
    let project = loaded.project
    let played = try await DryRun(project: loaded).result()
    for warning in project.warnings + loaded.warnings + played.warnings {
      let lines = warning.lines(on: terminal.err)
      terminal.tell(["warning: " + lines[0]] + lines.dropFirst())
    }
    if !played.problems.isEmpty { throw Problems(played.problems) }
    let counts = [
      project.recipes.count.of("recipe"), project.groups.count.of("group"),
      project.groups.reduce(0) { $0 + $1.hosts.count }.of("host"),
    ]
    terminal.say("deploy.lua is fine: " + counts.joined(separator: ", ") + ".")
    return .done
  }
}

/// Lists recipes, their parameters, and groups.
struct ListCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the recipes with their parameters, and the groups.",
    discussion: "With --json, each recipe's parameters as a JSON Schema.")

  @OptionGroup var options: ProjectOptions
  @Flag(help: "Print JSON.")
  var json = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let report = ProjectReport(try Wiring.project(options).project)
    terminal.say(json ? [JSON.text(report.value)] : report.lines(on: terminal.out))
    return .done
  }
}

/// Prints one recipe as it is after everything was put together, and where each part came from.
struct ShowCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Prints a recipe as it is after its base was added, and where each part came from.")

  @OptionGroup var options: ProjectOptions
  @Argument(
    help: ArgumentHelp("The recipe; the only one where none is named.", valueName: "recipe"))
  var recipe: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options).project
    terminal.say(try Selection.recipe(recipe, in: project).lines(on: terminal.out))
    return .done
  }
}
