import DeployCore
import DeployLua
import DeployModel
import DeploySimulation
import Foundation
import Testing

/// Recipes in Lua whose functions depend on answers, played in the simulated world.
@Suite("Rehearsals in a simulated world")
struct RehearsalTests {
  private func simulation(
    _ body: String, as mode: Rehearsal, more: String = ""
  ) throws -> (Simulation, RehearsedScripts) {
    let text = """
      \(more)
      recipe "web" { application = "shop", path = "/srv/shop", revision = bundle "dist", targets = { "web1", "web2", "web3" },
      \(body) }
      """
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let project = try LuaProject.load(main: SourceFile(path: "deploy.lua", text: text)) {
      try? String(contentsOf: root.appending(path: $0), encoding: .utf8)
    }
    var hosts = Worlds.hosts(3)
    for host in hosts.indices { hosts[host].rehearsed = mode != .faults }
    let plan = try ScaleTests.plan(project, hosts)
    let scripts = try RehearsedScripts(plan: plan, sources: plan.content.recipes.map { _ in project.sources }, as: mode)
    var simulation = Simulation(hosts: hosts) { _ in scripts }
    simulation.add(plan)
    simulation.run()
    return (simulation, scripts)
  }

  private static let own = """
    local own = strategy "own" (function(r) for b in r.targets:batches(1) do r:wave(b) end end)
    """

  @Test("a stage and hooks that stop at an answer hide nothing of the rollout: every host is taken through every wave")
  func throughout() throws {
    let (simulation, scripts) = try simulation(
      """
      stages = { stage.upload, stage "t" { run = function() if here:run("x").stdout == "" then fail "no commit" end end },
        stage.rollout { strategy = own } },
      on = { AfterInstall = function(host) sleep(tonumber(host:run("nproc").stdout)) end,
        ApplicationStart = function(host) if host:read("f") ~= "x" then host:run "start" end end },
      """, as: .plan, more: Self.own)
    #expect(simulation.engines[0].conclusion?.status == .succeeded && simulation.checkers.broken == [])
    let waves = simulation.engines[0].entries.compactMap { if case .noted(.waveBegan(_, let hosts, _)) = $0.fact { hosts } else { nil } }
    #expect(waves == [[0], [1], [2]])
    #expect(scripts.findings.map(\.part) == ["stage t", "hook AfterInstall", "hook ApplicationStart"])
    #expect(scripts.findings.allSatisfy { !$0.isCertain })
  }

  @Test("where things go wrong a function without an end fails its host with the bound, and every promise holds")
  func endless() throws {
    let (simulation, scripts) = try simulation(
      "on = { AfterInstall = function(host) while true do sleep(1) end end },", as: .faults)
    #expect(simulation.checkers.broken == [] && simulation.stopped == nil)
    #expect(simulation.engines[0].conclusion?.status == .failed)
    #expect(simulation.engines[0].conclusion?.error?.failure.message == "it asked more than 10030 times")
    #expect(scripts.overrun?.place == SourcePlace(file: "deploy.lua", line: 3))
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id })
  }

  @Test("what rehearse says of a host is taken where things go wrong, too")
  func told() throws {
    let (simulation, _) = try simulation(
      """
      on = { AfterInstall = function(host)
        local all = host:run("nproc", { rehearse = "4" }).stdout .. host:read("f", { rehearse = "5" })
        if host:exists("x", { rehearse = true }) then host:run("use " .. all) end
      end },
      """, as: .faults)
    #expect(simulation.hosts.allSatisfy { Worlds.ledger($0) == ["d1 nproc x1", "d1 use 45 x1"] })
  }

  @Test("a strategy that takes the same hosts again and again is stopped: their waves are empty, and it would never end")
  func strategy() throws {
    let (_, scripts) = try simulation(
      "strategy = round {},", as: .plan,
      more: "local round = strategy \"round\" (function(r) while true do r:wave(r.targets) end end)")
    #expect(scripts.findings.map(\.problem.message) == ["strategy round has no end here: it asked more than 10030 times"])
  }
}
