import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Says what every host runs, by the hosts' own receipts.
struct StatusCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says what every host runs, who deployed it, and what is under way.",
    discussion:
      "Asks the hosts themselves, so it works from a fresh checkout. Exits with 20 if a host is out of reach."
  )

  @OptionGroup var options: ProjectOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(help: ArgumentHelp("Only this recipe.", valueName: "recipe"))
  var recipe: String?
  @Option(help: ArgumentHelp("Only this group.", valueName: "name"))
  var group: String?
  @Flag(help: "Print JSON.")
  var json = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try bundle.project() ?? Wiring.project(options)
    let selections = try project.project.selections(recipe: recipe, group: group)
    let desk = try Wiring.desk(for: project, options, onlyLooks: true, tell: terminal.listener())
    return try await desk.use { desk in
      var unreachable = 0
      var values: [Value] = []
      for (index, selection) in selections.enumerated() {
        let found = await desk.survey(selection)
        unreachable += found.unreachable
        var report = StatusReport(found, after: try await desk.past.journal.deployments(), now: desk.now)
        report.notes = try await desk.past.failedRestores(found)
        if json {
          values.append(
            JSON.record([
              ("recipe", .text(found.recipe)), ("group", .text(found.group)),
              ("hosts", report.value),
            ]))
        } else {
          terminal.say((index == 0 ? [] : [""]) + report.lines(on: terminal.out))
        }
      }
      if json {
        terminal.say(JSON.text(.list(values)))
      } else {
        try await open(desk.past, terminal)
      }
      return unreachable == 0 ? .done : .unreachable
    }
  }

  /// Deployments of this journal that have not ended.
  private func open(_ past: PastDeployments, _ terminal: Terminal) async throws {
    for deployment in try await past.journal.deployments() {
      switch deployment.state {
      case .interrupted:
        terminal.say(
          [
            "",
            "Interrupted: deployment \(deployment.id) of \(deployment.recipe) to \(deployment.group)",
          ] + paused(deployment, terminal) + ["  → \(deployment.wayOn)"])
      case .running:
        terminal.say(
          [
            "",
            "Running from here: deployment \(deployment.id) of \(deployment.recipe) to \(deployment.group)",
          ] + paused(deployment, terminal) + (deployment.pause == nil ? [] : ["  → " + Pause.wayOn(deployment.id)]))
      default: continue
      }
      if let gate = try await past.openGate(of: deployment) {
        terminal.say(gate.lines(for: deployment.id, zone: terminal.out.zone).map { "  " + $0 })
      }
    }
  }

  private func paused(_ deployment: DeploymentSummary, _ terminal: Terminal) -> [String] {
    deployment.pause.map { ["It is " + $0.clause(zone: terminal.out.zone)] } ?? []
  }
}
