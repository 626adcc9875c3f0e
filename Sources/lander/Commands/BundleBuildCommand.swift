import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Builds a recipe's bundle without deploying it.
struct BundleBuild: Verb {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Builds a recipe's bundle and prints its digest.",
    discussion: """
      The same content has the same digest, on any machine.

      Example:
        lander bundle build web --revision git:main
      """)

  @OptionGroup var form: ResultOptions
  @OptionGroup var options: ProjectOptions
  @Argument(
    help: ArgumentHelp("The recipe, if the project has several.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @Option(
    help: ArgumentHelp(
      "Use this revision instead of the recipe's own: a folder, an archive, git:REF, or bundle:DIGEST (see lander bundle list).",
      valueName: "revision"))
  var revision: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options)
    let recipe = try project.project.recipe(named: recipe)
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener())
    return try await desk.use { desk in
      let built = try await desk.build(recipe, revision, of: project)
      terminal.give(
        JSON.record([
          ("digest", .text(built.bundle.digest.hex)), ("files", .int(built.bundle.files)), ("bytes", .int(built.bundle.bytes)),
          ("source", .text(built.bundle.source)),
        ]))
      terminal.say(built.bundle.digest.hex)
      terminal.tell("\(SafeText.line(built.bundle.source)): \(built.bundle.files.of("file")), \(built.bundle.bytes.inBytes)")
      return .done
    }
  }
}
