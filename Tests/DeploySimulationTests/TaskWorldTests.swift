import DeployCore
import DeployModel
import DeploySimulation
import Foundation
import Testing

/// Tasks in simulated worlds: engines that die at any instant, and hosts on which the task fails.
struct TaskWorldTests {
  private static let work = HostTask(name: "restart", function: 7, around: .restart)
  private static let hooks =
    Worlds.hooks + [Recipe.Hook(event: .blockTraffic, function: 5), Recipe.Hook(event: .allowTraffic, function: 6)]

  private static func scripts(_ plan: Plan) -> any Scripts {
    SwiftScripts([
      SwiftScripts.rolling(2, hosts: Array(plan.hosts.indices)), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["setup"]),
      SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080), SwiftScripts.commands(["leave"]), SwiftScripts.commands(["join"]),
      SwiftScripts.commands(["look"]),
    ])
  }

  private static func plan(_ hosts: [SimulatedHost]) throws -> Plan {
    var selection = try Worlds.selection(hosts.count)
    let task = NamedTask(name: "restart", work: work, strategy: Strategy(name: "rolling", function: 0, batch: .count(2)))
    selection.recipe.flow.hooks = hooks
    selection.recipe = selection.recipe.doing(task)
    let surveys = hosts.map { host -> Survey in
      var state = HostState(
        facts: HostFacts(shell: "sh", user: "u", bootID: "", freeBytes: .max / 2, freeInodes: .max / 2))
      (state.current, state.releases, state.receipt, state.fence) = (host.current, [Worlds.old.id], host.receipt, 1)
      return .reached(state)
    }
    return try Planner.deployment(
      Planner.Input(
        selection: selection, release: Worlds.old, bundle: BuiltBundle.nothing.bundle, manifest: BuiltBundle.nothing.manifest,
        sources: Worlds.sources, surveys: surveys),
      by: Worlds.identity("t1"))
  }

  private func world(crashes: [Int], failing: Bool, defect: Defect? = nil, lapse: Lapse? = nil) throws -> Simulation {
    var faults = Faults()
    if failing { faults.appointments = [.failing(host: 2, .applicationStop, release: Worlds.old.id)] }
    let hosts = Worlds.hosts(3)
    var simulation = Simulation(hosts: hosts, seed: 1, faults: faults, scripts: Self.scripts)
    simulation.limit = 50_000
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.add(try Self.plan(hosts))
    (simulation.crashes, simulation.defect, simulation.lapse) = (crashes, defect, lapse)
    simulation.run()
    return simulation
  }

  @Test("a crash at any instant, then resume: every promise holds, no command runs twice", arguments: [false, true])
  func crashes(failing: Bool) throws {
    let undisturbed = try world(crashes: [], failing: failing)
    #expect(undisturbed.checkers.broken == [] && undisturbed.crashPoints > 60)
    #expect(undisturbed.engines.map(\.conclusion?.status) == [failing ? .failed : .succeeded])
    let hosts = Worlds.outcome(undisturbed)
    #expect(hosts[0].hasSuffix("[\"t1 leave x1\", \"t1 stop x1\", \"t1 look x1\", \"t1 start x1\", \"t1 join x1\"]"), "\(hosts[0])")
    for point in 0..<undisturbed.crashPoints {
      let crashed = try world(crashes: [point], failing: failing)
      #expect(crashed.checkers.broken == [] && crashed.stopped == nil, "crash \(point)")
      #expect(Worlds.outcome(crashed) == hosts, "crash \(point)")
      #expect(crashed.engines.map(\.conclusion?.status) == undisturbed.engines.map(\.conclusion?.status), "crash \(point)")
    }
  }

  @Test("a part of a task that runs twice on resume is found, planted on hosts")
  func runsTwice() throws {
    let points = try world(crashes: [], failing: false).crashPoints
    let found = try (0..<points).filter { point in
      try world(crashes: [point], failing: false, defect: .jobSentAgain).checkers.broken.contains { $0.promise == "at most once" }
    }
    #expect(!found.isEmpty)
  }

  @Test("a host that a failed task leaves out of service, and calls restored, is found, planted in the core")
  func leftOut() throws {
    #expect(try world(crashes: [], failing: true).checkers.broken == [])
    let broken = try world(crashes: [], failing: true, lapse: .taskLeavesOut).checkers.broken
    #expect(broken.contains { $0.promise == "P8" && $0.message.contains("out of service") }, "\(broken)")
  }

  @Test("no more hosts leave the service at once than the floor allows, and each comes back to it")
  func floor() throws {
    let simulation = try world(crashes: [], failing: false)
    let plan = simulation.engines[0].plan
    #expect(plan.bounds.floor == 1)
    var (serving, lowest) = (3, 3)
    for case .noted(.serviceChanged(_, let service)) in simulation.engines[0].entries.lazy.map(\.fact) {
      if service == .out { serving -= 1 }
      if service == .in { serving += 1 }
      lowest = min(lowest, serving)
    }
    #expect(serving == 3 && lowest >= 1)
  }

  @Test("a plan of a task is written and read again as it was")
  func coding() throws {
    let plan = try Self.plan(Worlds.hosts(2))
    #expect(plan.kind.task == Self.work)
    #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
  }
}
