import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Brings hosts that join a group what the group runs.
struct JoinCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "join", abstract: "Brings new hosts of a group the last good revision that the group runs.",
    discussion: """
      For cloud-init and the hooks of auto scaling groups: no build, no CI job and no earlier state are needed. The revision is the newest \
      one of which a deployment to the group has succeeded, with the recipe and the parameters of that deployment; while a rollout is \
      under way, it is the one before. Bundle and recipe come from the state folder, or else from the hosts of the group that keep them, \
      compared with their digests. A revision that failed or was taken back is never brought.

      A host that has it already is left alone, whatever is under way: exit code 0, and no deployment in history. The others get a \
      deployment of their own, in one wave: its lock is on these hosts alone, so a rollout of the rest of the group neither waits nor is \
      held up, and says nothing of them. Run it again once that has succeeded: then they get what it brought. Stages of the recipe, \
      on_success and on_failure do not run; a freeze window does not hold it up. Hooks and ValidateService run as for every \
      deployment. A host that fails is left as it was before, out of traffic and without the release, and so are the others of the same \
      command; the exit codes are those of lander deploy.

      The hosts have to be in the group's list in deploy.lua. With nothing good in the group the exit code is 3; 4 if another deployment \
      has one of these hosts, 20 if one is out of reach. docs/auto-scaling.md shows how a machine joins when it starts.

      Examples:
        lander join --group production --host web7
        lander join web --group production --host web7 --host web8 --plan
        lander join web --group production --host "$(hostname)" --actor cloud-init --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @Argument(
    help: ArgumentHelp("The recipe; the only one if none is named.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @Option(help: ArgumentHelp("A group other than the recipe's own.", valueName: "name"), completion: KnownNames.groups)
  var group: String?
  @Option(
    name: .customLong("host"), help: ArgumentHelp("A host that joins; may be repeated.", valueName: "host"), completion: KnownNames.hosts)
  var hosts: [String] = []
  @OptionGroup var why: WhyOptions
  @Flag(help: "Show what it would do, and do nothing.")
  var plan = false

  func validate() throws {
    if hosts.isEmpty { throw ValidationError("name the hosts that join, as in lander join --host web7") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let names = try HostChoice.names(hosts, of: "--host")
    let project = try Wiring.project(options)
    let request = DeploymentRequest(recipe: recipe, group: group, only: names, said: try why.said())
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    return try await desk.use { desk in
      let joining = try await desk.joining(request, of: project)
      guard let wanted = joining.deployment else {
        let report = JoinReport(joining.goal, group: joining.group, hosts: joining.settled)
        terminal.give(report.value)
        if progress.mode == .ndjson {
          terminal.tell(report.lines(on: terminal.err))
        } else {
          terminal.say(report.lines(on: terminal.out))
        }
        return .done
      }
      let planned = try await desk.plan(wanted, endsLate: !plan)
      if plan {
        let report = PlanReport(planned)
        terminal.show(report.lines(on: terminal.out), report.value(connected: true))
        return report.isWhole ? .done : .partial
      }
      return try await Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder).deploy(planned)
    }
  }
}
