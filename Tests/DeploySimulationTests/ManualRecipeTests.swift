import DeployCore
import DeployLua
import DeployModel
import DeploySimulation
import Foundation
import PlanDrafts
import Testing

/// Plays the first recipe of docs/recipes.md with every kind of fault at a low rate.
@Suite struct ManualRecipeTests {
  private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func text(_ path: String) -> String? { try? String(contentsOf: checkout.appending(path: path), encoding: .utf8) }

  /// Reads the first Lua block of the manual.
  private func recipe() throws -> LuaProject {
    let manual = try #require(Self.text("docs/recipes.md"))
    let start = try #require(manual.range(of: "```lua\n"))
    let end = try #require(manual.range(of: "\n```", range: start.upperBound..<manual.endIndex))
    let main = SourceFile(path: "deploy.lua", text: String(manual[start.upperBound..<end.lowerBound]))
    return try LuaProject.load(main: main) { Self.text($0) }
  }

  private func simulation(_ project: LuaProject, seed: UInt64, faults: Faults, served: Int = 0) throws -> Simulation {
    let selection = try Selection(DeploymentRequest(), in: project.project)
    let surveys = selection.hosts.map { _ in
      Survey.reached(HostState(facts: HostFacts(shell: "sh", user: "u", bootID: "", freeBytes: .max / 2, freeInodes: .max / 2)))
    }
    func identity(_ id: String, _ at: Timestamp) -> Planner.Identity {
      Planner.Identity(id: Deployment.ID(id), actor: "me@here", at: at, engine: "1", token: id, seed: seed)
    }
    var plan = try Planner.deployment(
      Planner.Input(
        selection: selection, release: Worlds.new, bundle: Bundle(digest: Worlds.new.bundle, files: 0, bytes: 0, source: "dist"),
        manifest: Manifest(items: []), sources: Worlds.sources, surveys: surveys),
      by: identity("first", Timestamp(milliseconds: 1_800_000_000_000)))
    var hosts = plan.hosts.map { SimulatedHost(name: $0.host.name) }
    let before = Worlds.hosts(served)
    for index in before.indices {
      hosts[index].releases = before[index].releases
      hosts[index].current = before[index].current
      hosts[index].receipt = before[index].receipt
      hosts[index].sources = before[index].sources
      plan = plan.edited {
        $0.hosts[index].previous = before[index].receipt
        $0.hosts[index].current = before[index].current
        $0.hosts[index].restoring = 0
      }
    }
    var simulation = Simulation(hosts: hosts, seed: seed, faults: faults, start: plan.origin.at) {
      try LuaRecipes(plan: $0, sources: $0.content.recipes.map { _ in project.sources })
    }
    simulation.followUp = { failed, conclusion, at in RollbackPlanner.plan(after: failed, conclusion, by: identity("\(failed.id)-back", at))
    }
    simulation.add(plan)
    simulation.run()
    return simulation
  }

  @Test(
    "the manual's first recipe keeps every promise in a first deployment that fails, whatever goes wrong",
    arguments: 1...24 as ClosedRange<UInt64>)
  func chaos(seed: UInt64) throws {
    let simulation = try simulation(try recipe(), seed: seed, faults: .chaos)
    #expect(simulation.checkers.broken == [], "seed \(seed)")
    #expect(simulation.stopped == nil)
  }

  @Test("a first deployment that fails goes back to nothing on every host, and hosts that served before keep their floor")
  func back() throws {
    var (wentBack, compared) = (0, 0)
    for seed in UInt64(1)...8 {
      for served in [0, 5, 25] {
        var faults = Faults()
        faults.failing = 0.05
        let simulation = try simulation(try recipe(), seed: seed, faults: faults, served: served)
        #expect(simulation.checkers.broken == [], "seed \(seed), \(served) served")
        guard simulation.engines.count > 1, simulation.engines[1].plan.kind == .rollback(of: "first") else { continue }
        wentBack += 1
        let back = simulation.engines[1]
        let end = back.entries.compactMap { if case .concluded(let end) = $0.fact { end } else { nil } }.last
        for (host, status) in zip(back.plan.hosts, end?.hosts ?? []) where status == .succeeded {
          let now = simulation.hosts.first { $0.name == host.host.name }
          #expect(now?.current == host.target?.id, "seed \(seed), \(served) served: \(host.host.name)")
          compared += 1
        }
      }
    }
    #expect(compared > 20, "\(compared)")
    #expect(wentBack > 3, "\(wentBack)")
  }
}
