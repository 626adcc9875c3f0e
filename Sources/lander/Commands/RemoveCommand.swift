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
      Each host leaves its traffic and stops the application with the recipe's hooks, BeforeBlockTraffic to ApplicationStop, as in a \
      deployment. Then lander removes current, the releases, the files that an appspec file installed, and what the host knows of the \
      application. The folder shared has the application's data: it stays unless --shared is given. Files that lander did not make stay, \
      and are named. The number of the last deployment stays too, so that an engine that slept cannot bring the application back.

      The command shows what it would do, and asks; without a terminal it needs --yes. --plan only shows. A removal is a deployment with \
      lock, journal and signals: follow, cancel, resume, logs, history and explain take its id. All hosts are one wave; the floor and \
      freeze windows do not apply; on_success and on_failure are not called. If the application cannot be stopped on a host, it is started \
      again there and the host keeps it (exit code 10, or 12 if other hosts have lost it), unless --force is given. What is removed does \
      not come back; the same command removes the rest. If a host is out of reach, lander names it, does nothing and exits with 20: --only \
      takes the other hosts. A current that lander did not make is refused. A machine with slots loses all of them; traffic that a \
      strategy gave to them is not moved.

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
  @Flag(help: "Only show what the command would do; nothing is carried out.")
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
        // The hosts may have changed while the person thought about the question.
        planned = try await desk.plan(Asked(request), of: project, endsLate: true)
      }
      let launch = Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed)
      return try await launch.deploy(planned)
    }
  }
}
