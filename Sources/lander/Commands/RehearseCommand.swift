import ArgumentParser
import DeployCore
import DeployEngine
import DeployLua
import DeployModel
import DeployReport
import DeploySimulation

/// Plays a deployment against simulated hosts in which things go wrong, and checks every promise after every event.
struct RehearseCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "rehearse",
    abstract: "Plays a deployment against simulated hosts in which things go wrong.",
    discussion: """
      The same recipe, core and rules as in a real deployment, on a virtual clock; nothing real is reached. The same seed gives the \
      same story. Faults: \(Faults.names.joined(separator: ", ")), each with a share: --faults failing=2%,crash=1%; or chaos, or none. \
      Exits with 1 where a promise was broken: that is a defect of lander, please report it with the seed.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var request: RequestOptions
  @Option(help: ArgumentHelp("So many hosts instead of the group's own.", valueName: "count"))
  var hosts: Int?
  @Option(help: ArgumentHelp("The seed; a new one where none is given.", valueName: "number"))
  var seed: UInt64?
  @Option(help: ArgumentHelp("What goes wrong, and how often.", valueName: "faults"))
  var faults = "none"
  @Flag(help: "Print the whole timeline, not only its outline.")
  var timeline = false

  func validate() throws {
    if let hosts, hosts < 1 || hosts > 100_000 {
      throw ValidationError("--hosts takes 1 to 100000")
    }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options)
    let faults: Faults
    do { faults = try Faults.parse(self.faults) } catch { throw Problems(error) }
    let seed = seed ?? UInt64.random(in: 0...999_999)
    let plan = try plan(project, seed)
    var played: [RehearsedScripts] = []
    var simulation = Simulation(
      hosts: plan.hosts.map { SimulatedHost(name: $0.host.name) }, seed: seed, faults: faults,
      start: plan.at
    ) {
      played.append(try RehearsedScripts(plan: $0, sources: [project.project.sources], as: .faults, hasFaults: true))
      return played[played.count - 1]
    }
    simulation.followUp = { failed, conclusion, at in
      RollbackPlanner.plan(
        after: failed, conclusion, by: RehearseCommand.identity(failed.id + "-back", at, seed))
    }
    simulation.add(plan)
    simulation.limit = 5_000_000 + 20_000 * plan.hosts.count
    simulation.run()
    return tell(simulation, seed, overrun: played.lazy.compactMap(\.overrun).first, terminal)
  }

  /// A plan whose identity depends on nothing but the seed.
  private func plan(_ project: LoadedProject, _ seed: UInt64) throws -> Plan {
    var declared = project.project
    let (wanted, unclear) = request.request(for: declared)
    if let hosts {
      let recipe = try Selection.recipe(wanted.recipe, in: declared)
      let name = (try? Selection.group(wanted.group, of: recipe, in: declared).name) ?? "rehearsal"
      let width = String(hosts).count
      let fleet = (1...hosts).map { number in
        DeployModel.Host(
          name: "host" + String(repeating: "0", count: width - String(number).count)
            + String(number))
      }
      declared.groups =
        declared.groups.filter { $0.name != name } + [DeploymentGroup(name: name, hosts: fleet)]
      if let index = declared.recipes.firstIndex(where: { $0.name.isExactly(recipe.name) }) {
        declared.recipes[index].targets = .group(name)
      }
    }
    let selection = try Selection(wanted, in: declared, besides: unclear)
    return try Planner.simulated(
      selection, force: wanted.force, orphans: wanted.orphans,
      by: RehearseCommand.identity("rehearsal", Timestamp(milliseconds: 1_800_000_000_000), seed))
  }

  private static func identity(_ id: String, _ at: Timestamp, _ seed: UInt64) -> Planner.Identity {
    Planner.Identity(
      id: id, actor: "rehearsal", at: at, engine: Version.number, token: id, seed: seed)
  }

  private func tell(
    _ simulation: Simulation, _ seed: UInt64, overrun: Problem?, _ terminal: Terminal
  )
    -> DeployModel.ExitCode
  {
    let surface = terminal.out
    terminal.say(
      "Rehearsal with seed \(seed): \(simulation.hosts.count.of("simulated host")), faults: \(faults)"
    )
    for engine in simulation.engines {
      var report = PlainReport(
        on: Surface(width: surface.width, colour: surface.colour), heartbeat: .minutes(100_000))
      for entry in engine.entries
      where timeline || engine.plan.hosts.count <= 25 || RehearseCommand.isOutline(entry) {
        let text = report.take(entry, of: engine.plan.id)
        if !text.isEmpty { terminal.say(String(text.dropLast())) }
      }
      terminal.say(
        [""]
          + Summary(DeploymentStory(engine.entries)).lines(on: surface).prefix {
            !$0.hasPrefix("  Next")
          })
    }
    terminal.say([
      "",
      "\(simulation.events.grouped) events in \(simulation.duration) of virtual time, \(simulation.engines.count.of("deployment"))",
    ])
    if let stopped = simulation.stopped {
      terminal.say("It did not end: \(stopped)")
      return .internal
    }
    if let overrun {
      terminal.tell(overrun.lines(on: terminal.err))
      return .usage
    }
    let broken = simulation.checkers.broken
    if broken.isEmpty {
      terminal.say("Every promise was kept, checked after every event.")
      return .done
    }
    terminal.say(
      broken.map { surface.paint("Broken: ", .bad) + "\($0)" } + [
        "  → lander rehearse --seed \(seed) shows it again"
      ])
    return .internal
  }

  private static func isOutline(_ entry: Entry) -> Bool {
    switch entry.fact {
    case .planned, .concluded, .resumed: true
    case .noted(let note):
      switch note {
      case .stageBegan, .stageEnded, .waveBegan, .waveEnded, .remark: true
      case .host(_, let status): status.error != nil
      default: false
      }
    default: false
    }
  }
}
