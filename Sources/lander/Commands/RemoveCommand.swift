import ArgumentParser
import DeployCore
import DeployDesk
import DeployModel
import DeployReport

/// Removes an application from its hosts.
struct RemoveCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Removes an application from the hosts of a group.",
    discussion: """
      On each host, the recipe's hooks from BeforeBlockTraffic to ApplicationStop run as in a deployment. They take the host out of \
      traffic and stop the application. Then lander removes the link current, the releases, the files that an appspec file installed, and \
      its own records of the application. The folder shared contains the application's data, and stays unless you give --shared. lander \
      keeps files that it did not make, and names them. lander also keeps the number of the last deployment. Because of this number, a \
      suspended engine cannot deploy the application again later.

      The command shows what it would do, and asks for confirmation. Without a terminal, it needs --yes. With --plan, it only shows what \
      it would do. A removal is a deployment with a lock and a journal. The commands follow, cancel, resume, logs, history and explain \
      accept its id. All hosts are in one wave. The floor (the minimum number of hosts in service) and freeze windows do not apply. lander \
      does not call on_success and on_failure.

      If a stop hook fails on a host, lander starts the application there again, and the host keeps the application. The exit code is then \
      10, or 12 if other hosts have lost the application. With --force, lander removes the application even if a stop hook fails. lander \
      cannot bring back what it removed. To remove the rest, run the same command again. If a host is unreachable, lander names the host, \
      does nothing and exits with 20. You can then select the other hosts with --only. lander refuses to remove a link current that it did \
      not make. It removes all slots of a machine, and does not move the traffic away from them.

      Examples:
        lander remove web --group staging
        lander remove web --only web3 --yes --message "Machine is given back"
        lander remove web --shared --plan
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var hosts: RecipeChoice
  @Flag(help: "Also remove the application's data: the folder shared.")
  var shared = false
  @Flag(help: "Remove the application even from hosts where it cannot be stopped.")
  var force = false
  @Flag(help: "Only show what the command would do.")
  var plan = false
  @OptionGroup var consent: YesOption

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    var project = try hosts.bundle.project() ?? Wiring.project(options)
    project.project = project.project.removing(Removal(shared: shared, force: force))
    let request = DeploymentRequest(
      recipe: hosts.recipe, group: hosts.choice.group, only: try hosts.choice.names, said: try hosts.why.said())
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    return try await desk.use { [project] desk in
      var planned = try await desk.plan(Asked(request), of: project, endsLate: !plan)
      let report = PlanReport(planned)
      if plan { terminal.show(report.lines(on: terminal.out), report.value(connected: true)) }
      if plan { return report.isWhole ? .done : .partial }
      if !consent.yes {
        terminal.tell(report.lines(on: terminal.err))
        let question = "Remove \(planned.plan.what) from \(planned.plan.hosts.count.of("host"))?"
        guard consent.agrees(to: question, isRead: form.json, on: terminal) else { return .refused }
        // The hosts might have changed while the person thought about the question.
        planned = try await desk.plan(Asked(request), of: project, endsLate: true)
      }
      let launch = Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed)
      return try await launch.deploy(planned)
    }
  }
}
