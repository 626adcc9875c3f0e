import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Rolls hosts back to the good release before the one that they run now.
struct RollbackCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "Rolls the hosts of a group back to the group's last good revision.",
    discussion: """
      The hosts keep the release of the last good revision, its recipe and a receipt. So a rollback works in a fresh checkout and sends no \
      files. A revision is good after a deployment of it has succeeded. If the newest deployment did not succeed, the hosts that have its \
      release go back, and the other hosts do not change. If the newest deployment succeeded, all hosts go back to the previous good \
      revision. All hosts of a group go to the same revision. If some hosts run a different release from the rest of the group, lander \
      names these hosts, does nothing and exits with 3. With --straighten, lander also rolls these hosts back.

      With --to, all hosts go to the given release, with the recipe of this release. lander releases lists the releases that the hosts \
      keep. lander refuses to go to a bad release. It also refuses to go back past an irreversible stage, unless --despite names this \
      stage. If a stage with undo ran for the revision that the hosts leave, lander tells you before it starts, and undoes the stage.

      With slots, the recipe's strategy moves the traffic back. Without slots, a rollback moves no traffic. If an earlier deployment from \
      this machine shifted the traffic and did not succeed, lander prints the commands that move the traffic back.

      If deploy.lua reads a file or a variable that is missing on this machine, lander uses the text from an earlier deployment. This is \
      the last deployment that was made with this state folder. If this machine has deployed nothing yet, copy a kept recipe from a host, \
      and give the path of the copy to --reads. The values in this copy also replace the defaults of variables that are not set on this \
      machine.

      --plan asks the hosts which releases they run, and shows what the rollback would do on each host. It changes nothing.

      Examples:
        lander rollback web --group production --plan
        lander rollback web --to 3f2a91c --message "Login is broken"
        ssh web1 'cat /srv/web/.lander/recipes/5d2c*' > kept.json && lander rollback web --reads kept.json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var hosts: RecipeChoice
  @Option(
    name: .customLong("to"),
    help: ArgumentHelp("Go to this release, bundle, commit or deployment. The hosts must still keep its release.", valueName: "release"))
  var aim: String?
  @Flag(help: "Also roll back hosts that run a different release from the rest of the group.")
  var straighten = false
  @Option(
    help: ArgumentHelp(
      "Go back even though this stage is irreversible. lander does not undo the stage. May be repeated.", valueName: "stage"))
  var despite: [String] = []
  @Option(
    help: ArgumentHelp(
      "A copy of a recipe that a host keeps. The copy supplies files and variables that this machine lacks.", valueName: "file"),
    completion: .file())
  var reads: String?
  @Flag(help: "Only show what the command would do.")
  var plan = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (project, desk, selection) = try await Wiring.open(
      options, hosts.bundle, reads: reads, tell: terminal.listener(progress.mode)
    ) {
      try $0.selection(recipe: hosts.recipe, group: hosts.choice.group, only: try hosts.choice.names)
    }
    let said = try hosts.why.said()
    return try await desk.use { desk in
      let rollback = try await desk.planRollback(
        of: selection, in: project, straighten: straighten, to: aim, despite: despite, said: said, endsLate: !plan)
      if plan {
        let report = PlanReport(try await desk.rehearse(rollback, in: project))
        terminal.show(report.lines(on: terminal.out), report.value(connected: true))
        return report.isWhole ? .done : .partial
      }
      let traffic = try await desk.leftTraffic(of: selection, in: project)
      let code = try await Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed).deploy(
        rollback)
      if let traffic { terminal.tell([""] + traffic.lines.map(SafeText.line)) }
      return code
    }
  }
}
