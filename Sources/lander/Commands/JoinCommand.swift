import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Deploys the revision that a group runs to hosts that join the group.
struct JoinCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "join", abstract: "Deploys the last good revision of a group to new hosts of the group.",
    discussion: """
      Use this command with cloud-init and with the hooks of auto scaling groups. It needs no build, no CI job and no earlier state. It \
      deploys the newest revision whose deployment to the group has succeeded. The recipe and the parameters are those of this deployment. \
      While a rollout is under way, join deploys the previous revision. The bundle and the recipe come from the state folder. If the state \
      folder does not have them, they come from hosts of the group. lander checks their digests. lander join never deploys a revision that \
      failed or was rolled back.

      A host that already has the revision does not change. If all named hosts have it, the exit code is 0, and lander adds nothing to the \
      history. The other named hosts get the revision in a separate deployment, in one wave. This deployment locks only the named hosts. A \
      rollout to the rest of the group does not wait for the join, and does not include these hosts. After such a rollout has succeeded, \
      run join again, so that the hosts get the new revision. Hooks and ValidateService run as in every deployment. The recipe's stages, \
      on_success and on_failure do not run. A freeze window does not delay a join. If a host fails, all hosts of the same join lose the \
      release again, and get no traffic. The exit codes are those of lander deploy.

      The group's list in deploy.lua must contain the hosts. The exit code is 3 if the group has no good revision. It is 4 if another \
      deployment has one of the hosts, and 20 if a host is unreachable. docs/auto-scaling.md shows how a machine joins when it starts.

      Examples:
        lander join --group production --host web7
        lander join web --group production --host web7 --host web8 --plan
        lander join web --group production --host "$(hostname)" --actor cloud-init --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @Argument(
    help: ArgumentHelp("The recipe, if the project has several.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var chosen: GroupOption
  @Option(
    name: .customLong("host"), help: ArgumentHelp("A host that joins. May be repeated.", valueName: "host"), completion: KnownNames.hosts)
  var hosts: [String] = []
  @OptionGroup var why: WhyOptions
  @Flag(help: "Only show what the command would do.")
  var plan = false

  func validate() throws {
    if hosts.isEmpty { throw ValidationError("name the hosts that join, as in lander join --host web7") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let names = try HostChoice.names(hosts, of: "--host")
    let project = try Wiring.project(options)
    let request = DeploymentRequest(recipe: recipe, group: chosen.group, only: names, said: try why.said())
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
