import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Prints one recipe as it is after everything was put together, and where each part came from.
struct ShowCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Prints a recipe as it is after its base was added, and where each part came from.")

  @OptionGroup var options: ProjectOptions
  @Argument(
    help: ArgumentHelp("The recipe; the only one if none is named.", valueName: "recipe"))
  var recipe: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options).project
    terminal.say(try project.recipe(named: recipe).lines(on: terminal.out))
    return .done
  }
}
