import ArgumentParser
import DeployCore
import DeployEngine
import DeployModel
import DeployReport

/// Takes hosts back to the good release before the one they run.
struct RollbackCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Takes every host of a group back to its last good revision.",
    discussion: """
      By what the hosts themselves remember, so it works from a fresh checkout; the release and the recipe that goes with it are still \
      there, nothing is sent. A revision is good once a deployment of it has succeeded. Where a deployment was begun and did not succeed, \
      the hosts that have it go back and the others stay; else all go back to the good revision before. All hosts of a group go to the \
      same one: where some run something else, they are named, nothing is done, and the exit code is 3, unless --straighten is given.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(
    help: ArgumentHelp("The recipe; the only one where none is named.", valueName: "recipe"))
  var recipe: String?
  @OptionGroup var choice: HostChoice
  @Flag(help: "Take hosts along that run something else than the rest of the group.")
  var straighten = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (opened, selection) = try Opened.project(options, bundle) { project in
      try Selection.bare(try Selection.recipe(recipe, in: project), group: choice.group, only: choice.names, in: project)
    }
    let (project, engine) = (opened.project, opened.engine)
    do {
      terminal.tell(
        "Asking \(selection.hosts.count.of("host")) what \(selection.hosts.count == 1 ? "it runs" : "they run") …"
      )
      let preparation = await AnswerWatch.survey(selection, engine, terminal)
      let left = try await DeadEngines.leftLocks(
        preparation.surveys, of: selection.recipe.application, engine.journal, typed: project.typed
      ) { terminal.tell($0.sentenced) }
      var plan = try RollbackPlanner.plan(
        selection, surveys: preparation.surveys, kept: preparation.kept, straighten: straighten, typed: project.typed,
        by: Identity.make())
      plan.inherit(left)
      let users = await UserProbe.problems(of: plan, project, engine)
      if !users.isEmpty { throw Problems(users, exit: .infrastructure) }
      return try await Launch(engine: engine, terminal: terminal, progress: progress, typed: project.typed)
        .deploy(plan)
    } catch {
      await engine.close()
      throw error
    }
  }
}
