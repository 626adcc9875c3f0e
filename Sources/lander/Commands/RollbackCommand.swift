import ArgumentParser
import DeployDesk
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
      same one: where some run something else, they are named, nothing is done, and the exit code is 3, unless --straighten is given. \
      --to names any release that the hosts still keep, as lander releases lists them: all hosts go there, with its own recipe. A bad one \
      is refused. So is a way back behind a stage that says irreversible, unless --despite names that. A stage with undo that ran for the \
      revision which the hosts leave is undone, and that is said before. \
      Traffic stays where it is: if an earlier deployment from here shifted it and did not succeed, the commands that put it \
      back are printed at the end.

      Examples:
        lander rollback web --group production
        lander rollback web --to 3f2a91c --message "Login is broken"
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var hosts: RecipeChoice
  @Option(
    name: .customLong("to"),
    help: ArgumentHelp("Go to this release, bundle, commit or deployment, of those that the hosts keep.", valueName: "release"))
  var aim: String?
  @Flag(help: "Take hosts along that run something else than the rest of the group.")
  var straighten = false
  @Option(help: ArgumentHelp("Go back although this stage cannot be undone, and undo it not; may be repeated.", valueName: "stage"))
  var despite: [String] = []

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (project, desk, selection) = try Wiring.open(options, hosts.bundle, tell: terminal.listener(progress.mode)) {
      try $0.selection(recipe: hosts.recipe, group: hosts.choice.group, only: try hosts.choice.names)
    }
    let said = try hosts.why.said()
    return try await desk.use { desk in
      let plan = try await desk.planRollback(of: selection, in: project, straighten: straighten, to: aim, despite: despite, said: said)
      let traffic = try await desk.leftTraffic(of: selection, in: project)
      let code = try await Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed).deploy(
        plan)
      if let traffic { terminal.tell([""] + traffic.lines.map(SafeText.line)) }
      return code
    }
  }
}
