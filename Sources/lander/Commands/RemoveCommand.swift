import ArgumentParser
import DeployCore
import DeployDesk
import DeployModel
import DeployReport

/// Takes an application off its hosts.
struct RemoveCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Takes an application off the hosts of a group.",
    discussion: """
      Each host leaves its traffic and stops the application with the recipe's hooks, BeforeBlockTraffic to ApplicationStop, as for a \
      deployment. Then current, the releases, the files that an appspec file installed and what the host knows of the application go. \
      shared stays, for it has the application's data, unless --shared is given. Files that lander did not make stay and are named; so \
      does the number of the last deployment, so that an engine that slept cannot bring the application back.

      It shows what it would do, and asks; without a terminal it needs --yes. It is a deployment that takes away: it has the lock, the \
      journal and the signals of one, and follow, cancel, resume, logs, history and explain take its id. All hosts are one wave, the \
      floor does not hold, a freeze window does not hold it up, on_success and on_failure are not called. A host that cannot be stopped \
      is started again and keeps what it has (exit code 10, or 12 if others have lost it), unless --force is given; what is removed does \
      not come back. The same command removes what is left. A host that is out of reach is named, nothing is done, and the exit code is \
      20: --only takes the others. A current that lander did not make is refused. A machine with slots loses all of them; traffic that a \
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
  @Flag(help: "Remove the data of the application too: the folder shared.")
  var shared = false
  @Flag(help: "Remove it although what runs cannot be stopped.")
  var force = false
  @Flag(help: "Show what it would do, and do nothing.")
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
        // Hosts may have changed while somebody thought.
        planned = try await desk.plan(Asked(request), of: project, endsLate: true)
      }
      let launch = Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed)
      return try await launch.deploy(planned)
    }
  }
}
