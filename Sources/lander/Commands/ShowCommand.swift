import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Prints one deployment, or one recipe. A recipe is combined with its base, and the source of each part is shown.
struct ShowCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Prints a recipe and its base, or the result of a deployment and the messages that it received.",
    discussion: """
      For a recipe, the command prints every part of the recipe, and where the part comes from. A deployment must have been started on \
      this machine. Name it by its id, the beginning of its id, or last. The command prints who asked for the deployment and why, its \
      commit, what was new, and its gates. It also prints who paused, resumed, approved or rejected the deployment, and why. At the end it \
      prints what still needs attention, such as shifted traffic or hosts on a wrong release. For a train (several groups), the command \
      prints the result of each group, and who approved or rejected the group's deployment. If a recipe and a deployment have the same \
      name, the command prints the recipe.

      Examples:
        lander show web
        lander show last
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(
    help: ArgumentHelp("A recipe or a deployment. Default: the only recipe of the project.", valueName: "recipe|id"),
    completion: KnownNames.deployments)
  var recipe: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if let train = try train() {
      terminal.show(TrainReport(train).lines(on: terminal.out), TrainReport(train).value)
      return .done
    }
    if let report = try await deployment() {
      terminal.show(report.lines(on: terminal.out), report.value)
      return .done
    }
    let project = try Wiring.project(options).project
    terminal.say(try project.recipe(named: recipe).lines(on: terminal.out))
    return .done
  }

  /// Returns the train that the argument identifies. Returns nil if there is no such train, or no argument.
  private func train() throws -> Train? {
    guard let word = recipe, Train.ID.isMeant(by: word) else { return nil }
    if let project = try? Wiring.project(options).project, project.recipes.contains(where: { $0.name.isExactly(word) }) { return nil }
    return try TrainFile.named(word, in: options.existingStateFolder())
  }

  /// Returns the report of the deployment that the argument identifies. Returns nil if the argument is a recipe's name, or is missing.
  private func deployment() async throws -> AccountReport? {
    guard let word = recipe else { return nil }
    // This works even if the project does not load, because the journal has what was deployed.
    if let project = try? Wiring.project(options).project, project.recipes.contains(where: { $0.name.isExactly(word) }) { return nil }
    guard let past = try? Wiring.past(options), try await past.knows(word) else { return nil }
    return try await past.accountReport(of: word)
  }
}
