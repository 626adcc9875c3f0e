import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Shows what `deploy` would do.
struct PlanCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract:
      "Shows what deploy would do: hosts, waves, every command with its deadline, and the rollback.",
    discussion: """
      Runs the recipe twice on simulated hosts: once with good answers, and once with a first wave that fails. Changes nothing. Without \
      --connect and --missing, the command contacts no host, and assumes that no host has a release yet. With --connect, it asks the hosts \
      which release they run. Exits with 2 if the deployment would fail no matter what the hosts answer. Exits with 14 if the plan depends \
      on an answer that only a real host can give. In this case, use the option rehearse of the call in the recipe, and give an assumed \
      answer.

      --out writes the plan to a file. lander deploy --plan carries out this plan later, for example in another CI job. It deploys the \
      plan's bundle. If anything that the plan lists has changed, it refuses to deploy. If the bundle is no longer in the state folder, \
      lander builds the bundle again, and requires the same digest.

      --missing asks the hosts which releases they have, and shows what deploy --missing would do. --out can write this plan too.

      Examples:
        lander plan web --percent 10%
        lander plan --connect --out plan.json && lander deploy --plan plan.json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var release: ReleaseOptions
  @OptionGroup var missing: MissingOption
  @OptionGroup var stages: StageOptions
  @OptionGroup var bundle: AppSpecOption
  @OptionGroup var choices: AppSpecChoices
  @Flag(help: "Ask the hosts which release they run.")
  var connect = false
  @Option(
    help: ArgumentHelp(
      "Write the plan to this file, for deploy --plan. With --connect, the plan includes the hosts' releases.", valueName: "file")
  )
  var out: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if missing.missing { return try await missing(on: terminal) }
    let project = try bundle.project(choices) ?? Wiring.project(options)
    let file = try out.map { try ResultFile(at: Folder.absolute($0), option: "--out") }
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener())
    return try await desk.use { desk in
      let asked = completing(try request.asked(of: project.project))
      let planned = try await desk.plan(asked, of: project, connecting: connect, isShown: true)
      let report = PlanReport(planned)
      try file?.write(try PlanFile.data(of: PlanRecord(planned.plan, for: asked.request, connected: connect)))
      terminal.show(report.lines(on: terminal.out), report.value(connected: connect))
      if !connect { terminal.say(["", "  No host was asked: lander assumes that all are fresh. lander plan --connect asks the hosts."]) }
      if let out {
        terminal.tell("Wrote \(out)\(connect ? "" : "; without --connect what hosts run is not in it, and will not be compared").")
      }
      return report.isWhole ? .done : .partial
    }
  }

  /// Returns the request with the options of this command.
  private func completing(_ asked: Asked) -> Asked { stages.completing(release.completing(asked)) }

  /// Shows what `deploy --missing` would do. The hosts are asked, because only they know whether they lack the revision.
  private func missing(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let file = try out.map { try ResultFile(at: Folder.absolute($0), option: "--out") }
    let start = MissingStart(
      request: request, options: options, refused: [bundle.appspec.map { _ in "--appspec" }], complete: completing)
    return try await start.use(on: terminal) { desk, asked, project in
      let found = try await desk.missing(asked, of: project)
      guard let wanted = found.deployment else { return start.conclude(found, on: terminal) }
      let planned = try await desk.plan(wanted, endsLate: false)
      var report = PlanReport(planned)
      report.missing = found.missing
      try file?.write(try PlanFile.data(of: PlanRecord(planned.plan, for: asked.request, connected: true)))
      terminal.show(report.lines(on: terminal.out), report.value(connected: true))
      if let out { terminal.tell("Wrote \(out).") }
      return report.isWhole ? .done : .partial
    }
  }
}
