import ArgumentParser
import DeployCore
import DeployModel
import DeployReport

/// Which recipe, revision, group and hosts: the same for `deploy` and `plan`.
struct RequestOptions: ParsableArguments {
  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp(
      "The recipe, and its parameters as options: web --percent 10% --no-migrate. The only recipe where none is named.",
      valueName: "recipe"))
  var words: [String] = []

  @Option(help: ArgumentHelp("A group other than the recipe's own.", valueName: "name"))
  var group: String?

  @Option(
    help: ArgumentHelp(
      "A revision other than the recipe's own: a folder, an archive, git:REF, or bundle:DIGEST of lander bundle list.",
      valueName: "revision"))
  var revision: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only these hosts of the group; * stands for anything.", valueName: "host"))
  var only: [String] = []

  @Option(help: ArgumentHelp("A parameter of the recipe, the long way.", valueName: "name=value"))
  var param: [String] = []

  @Flag(help: "Run everything again, also where a host has this already.")
  var force = false

  @Option(
    help: "What to do with commands of earlier deployments that still run on a host: wait, or kill."
  )
  var orphans: LockRequest.Orphans = .wait

  /// The command line as data, with what cannot be understood of it.
  func request(for project: Project) -> (request: DeploymentRequest, unclear: [Problem]) {
    let given = RecipeOptions(
      words, explicit: param, recipes: project.recipes.map(\.name), declared: RecipeOptions.declared(in: project, for: words),
      options: OptionNames.all.sorted())
    let request = DeploymentRequest(
      recipe: given.recipe, group: group, revision: revision,
      only: HostChoice.names(only),
      parameters: given.parameters, force: force, orphans: orphans)
    return (request, given.problems)
  }
}

/// Brings a revision to the hosts.
struct DeployCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "deploy",
    abstract: "Brings a revision to the hosts of a group; goes back by itself where that fails.",
    discussion: """
      Ctrl-C ends it in good order: nothing new is started, hosts that were being changed are restored, the lock is given back. A \
      second Ctrl-C leaves it as it is and prints how to resume. A rollback that is under way goes on at the first Ctrl-C, and says \
      what is left. SIGTERM is a Ctrl-C; within 30 seconds of a Ctrl-C it is the same request, because CI runners send both when a job \
      is cancelled. A terminal that is closed is a SIGTERM, and nothing under nohup. What is not back 9 seconds \
      after the first one is named, with the command that finishes it. Before it has begun, \
      while the bundle is built or hosts are asked, one of them ends what runs here and exits with 130, or 143 for SIGTERM. Nothing is \
      sent to a host that has this bundle, recipe and parameters already, and whose secrets have the same values as far as they can be \
      compared, unless --force is given.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var bundle: AppSpecOption
  @OptionGroup var choices: AppSpecChoices

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try bundle.project(choices) ?? Wiring.project(options)
    let wanted = request.request(for: project.project)
    let engine = try Wiring.engine(for: project, options)
    let preparing = Preparing(project: project, engine: engine, terminal: terminal)
    do {
      let prepared = try await preparing.plan(wanted)
      return try await Launch(engine: engine, terminal: terminal, progress: progress, typed: project.typed).deploy(
        prepared.plan)
    } catch {
      await engine.close()
      throw error
    }
  }
}
