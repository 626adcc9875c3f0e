import ArgumentParser
import DeployCore
import DeployModel
import DeployReport
import DeployStore

/// Says what every host runs, by the hosts' own receipts.
struct StatusCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says what every host runs, who deployed it, and what is under way.",
    discussion:
      "Asks the hosts themselves, so it works from a fresh checkout. Exits with 20 where a host is out of reach."
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
    let selections = try Surveyed.selections(project.project, recipe: recipe, group: group)
    let engine = try Wiring.engine(for: project, options)
    return try await Asking.with(engine) { engine in
      var unreachable = 0
      var values: [Value] = []
      for (index, selection) in selections.enumerated() {
        let found = await Surveyed.ask(selection, engine, terminal)
        unreachable += found.unreachable
        let title = "\(selection.recipe.name) on \(selection.group)"
        var report = StatusReport(
          title, hosts: found.named.map { ($0.host.name, $0.survey) }, now: SystemClock.now)
        report.notes = try await FailedRestores.problems(found, engine.journal)
        if json {
          values.append(
            JSON.record([
              ("recipe", .text(selection.recipe.name)), ("group", .text(selection.group)),
              ("hosts", report.value),
            ]))
        } else {
          terminal.say((index == 0 ? [] : [""]) + report.lines(on: terminal.out))
        }
      }
      if json {
        terminal.say(JSON.text(.list(values)))
      } else {
        try await interrupted(engine, terminal)
      }
      return unreachable == 0 ? .done : .unreachable
    }
  }

  private func interrupted(_ engine: Engine, _ terminal: Terminal) async throws {
    for deployment in try await engine.journal.deployments() {
      switch deployment.state {
      case .interrupted:
        terminal.say([
          "",
          "Interrupted: deployment \(deployment.id) of \(deployment.recipe) to \(deployment.group)",
          "  → \(deployment.wayOn)",
        ])
      case .running:
        terminal.say([
          "",
          "Running from here: deployment \(deployment.id) of \(deployment.recipe) to \(deployment.group)",
        ])
      default: continue
      }
    }
  }
}

/// Probes the hosts of a group and prints what it found.
struct HostsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "hosts",
    abstract:
      "Probes hosts and prints what it found: shell, tools, free space, clock, user, release.",
    discussion: "Changes nothing there. Exits with 20 where a host is out of reach.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(help: ArgumentHelp("The group; all groups where none is named.", valueName: "group"))
  var group: String?
  @Flag(help: "Print JSON.")
  var json = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try bundle.project() ?? Wiring.project(options)
    let engine = try Wiring.engine(for: project, options)
    let selections = try Groups.selections(project.project, group: group)
    return try await Asking.with(engine) { engine in
      var found: [(host: DeployModel.Host, survey: Survey)] = []
      for selection in selections { found += await Surveyed.ask(selection, engine, terminal).named }
      let report = HostsReport(found)
      terminal.say(json ? [JSON.text(report.value)] : report.lines(on: terminal.out))
      let missing = found.contains { if case .unreachable = $0.survey { true } else { false } }
      return missing ? .unreachable : .done
    }
  }
}

/// Groups by themselves, with a recipe that goes there for its path, where there is one.
enum Groups {
  static func selections(_ project: Project, group: String?) throws(Problems) -> [Selection] {
    let names = project.groups.map(\.name)
    if let group, !names.contains(group) {
      throw Problems(
        Problem("there is no group \"\(group)\"", fix: NearMatch.hint(group, among: names)))
    }
    var selections: [Selection] = []
    for name in names where group == nil || name == group {
      let going = project.recipes.first { $0.targets == .group(name) } ?? project.recipes.first
      let recipe = going ?? Recipe(name: "none", path: "/")
      var free = project
      if going == nil { free.recipes = [recipe] }
      selections.append(try Selection.bare(recipe, group: name, only: [], in: free))
    }
    if selections.isEmpty {
      throw Problems(
        Problem(
          "deploy.lua defines no group", fix: "add one: group \"production\" { hosts = { … } }"))
    }
    return selections
  }
}
