import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Stages that can be undone, in simulated worlds: deployments that fail after them, and engines that die during the rollback.
@Suite("Stages that are undone, in whole worlds")
struct UndoWorldTests {
  private static let terms = StageTerms(once: .revision, ground: .host, undo: 6)

  private static func scripts(_ plan: Plan) -> any Scripts {
    func on(_ line: String) -> SwiftScripts.Function {
      SwiftScripts.sequence { subject in
        let ending = if case .failure = subject { " --half" } else { "" }
        return [.perform(.host(0), .run(Command(.shell(line + ending))), timeout: nil)]
      }
    }
    return SwiftScripts([
      SwiftScripts.rolling(1, hosts: Array(plan.hosts.indices)), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["setup"]),
      SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080), on("migrate"), on("migrate down"), on("contract"),
      on("contract down"), on("fail"),
    ])
  }

  private static func stage(_ name: String, _ function: Int, undo: Int? = nil) -> Stage {
    .script(
      name: name, summary: "", function: function, when: nil, place: nil,
      terms: undo.map { StageTerms(once: .revision, ground: .host, undo: $0) })
  }

  /// Where a deployment fails.
  enum Failing: Sendable {
    /// On the first host, when the budget allows no failure.
    case first
    /// On the third host, when two hosts run the release.
    case third
    /// In the last stage after the rollout, which has no undo.
    case last
    /// In the function that undoes the first stage.
    case undo
  }

  private static func planned(_ surveys: [Survey], _ id: String, late: Bool = false) throws -> Plan {
    var selection = try Worlds.selection(surveys.count)
    let after = late ? [stage("contract", 7, undo: 8), stage("fail", 9)] : []
    selection.recipe.flow.stages =
      [
        .upload, stage("migrate", 5, undo: 6), .rollout(Strategy(name: "rolling", function: 0, batch: .count(1))),
      ] + after
    return try Planner.deployment(
      Planner.Input(
        selection: selection, release: Worlds.new, bundle: Bundle(digest: Worlds.new.bundle, files: 10, bytes: 1000, source: "dist"),
        manifest: Manifest(items: []), sources: Worlds.sources, surveys: surveys), by: Worlds.identity(id))
  }

  private func world(
    _ failing: Failing, crashes: [Int] = [], seed: UInt64 = 1, faults: Faults = Faults(), lapse: Lapse? = nil
  ) throws -> Simulation {
    var faults = faults
    var hosts = Worlds.hosts(3)
    let host = failing == .third ? 2 : 0
    switch failing {
    case .first, .third, .undo: faults.appointments.append(.failing(host: host, .validateService, release: Worlds.new.id))
    case .last: break
    }
    let bad = failing == .last ? "fail" : failing == .undo ? "migrate down" : ""
    hosts[0].commands = { line, _ in
      var command = SimulatedCommand()
      command.status = line == bad ? 1 : 0
      return command
    }
    var simulation = Simulation(hosts: hosts, seed: seed, faults: faults, scripts: Self.scripts)
    simulation.limit = 50_000
    (simulation.crashes, simulation.lapse) = (crashes, lapse)
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.add(try Self.planned(simulation.surveys(), "d1", late: failing == .last))
    return simulation
  }

  private static func ran(_ simulation: Simulation) -> [String] {
    simulation.hosts.flatMap { Worlds.ledger($0) }.filter { line in ["migrate", "contract", "fail"].contains { line.contains($0) } }
  }

  // MARK: order

  @Test("what a failed deployment did is undone backwards: late stages, then the hosts, then early stages; and hosts remember that")
  func order() throws {
    var simulation = try world(.last)
    simulation.run()
    #expect(simulation.checkers.broken == [], "\(simulation.checkers.broken)")
    #expect(simulation.engines.map(\.conclusion?.status) == [.failed, .succeeded])
    let ran = Self.ran(simulation).map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
    #expect(ran == ["migrate x1", "contract x1", "fail x1", "contract down x1", "migrate down x1"], "\(ran)")
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id && $0.marks.allSatisfy { $0.state == .undone } })
    let back = simulation.engines[1].plan.flow.stages.map(\.name)
    #expect(back == ["undo of contract", "rollout", "undo of migrate"])
  }

  @Test("without a host that goes back a rollback undoes all the same, with all hosts locked")
  func noHost() throws {
    var simulation = try world(.first)
    simulation.run()
    #expect(simulation.checkers.broken == [], "\(simulation.checkers.broken)")
    #expect(simulation.engines[0].conclusion?.rollback == [] && simulation.engines.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id && $0.marks.allSatisfy { $0.state == .undone } && $0.lock == nil })
    // A later deployment runs the stages again.
    simulation.faults.appointments = []
    simulation.add(try Self.planned(simulation.surveys(), "d2"))
    simulation.run()
    #expect(simulation.engines.last?.conclusion?.status == .succeeded && Self.ran(simulation).count == 3, "\(Self.ran(simulation))")
    #expect(simulation.hosts.allSatisfy { $0.marks.map(\.state) == [.done] })
  }

  @Test("an undo that fails is named, is not tried again, and leaves the stage as failed")
  func failing() throws {
    var simulation = try world(.undo)
    simulation.run()
    #expect(simulation.checkers.broken == [], "\(simulation.checkers.broken)")
    let end = try #require(simulation.engines.last?.conclusion)
    #expect(end.status == .failed && end.notUndone == ["migrate"] && simulation.engines.count == 2)
    #expect(Self.ran(simulation).count { $0.contains("down") } == 1)
    #expect(simulation.hosts.allSatisfy { $0.marks.map(\.state) == [.failed] && $0.current == Worlds.old.id })
  }

  // MARK: crashes

  @Test(
    "a crash at any instant of a deployment whose stages are undone, then resume: all is as without it",
    arguments: [Failing.first, .third, .last, .undo])
  func resumed(_ failing: Failing) throws {
    func played(_ crashes: [Int]) throws -> Simulation {
      var simulation = try world(failing, crashes: crashes)
      simulation.run()
      return simulation
    }
    func outcome(_ simulation: Simulation) -> [String] {
      Worlds.outcome(simulation) + Self.ran(simulation) + simulation.hosts.map { "\($0.marks.map(\.state)) \($0.lock == nil)" }
    }
    let undisturbed = try played([])
    let wanted = outcome(undisturbed)
    #expect(undisturbed.checkers.broken == [] && undisturbed.crashPoints > 100, "\(undisturbed.checkers.broken)")
    for point in 0..<undisturbed.crashPoints {
      let crashed = try played([point])
      #expect(crashed.checkers.broken == [] && crashed.stopped == nil, "crash \(point): \(crashed.checkers.broken)")
      #expect(outcome(crashed) == wanted, "crash \(point)")
    }
  }

  @Test("whatever goes wrong, nothing is undone twice, or while a host runs what needs it")
  func chaos() throws {
    for seed in UInt64(1)...200 {
      guard var simulation = try? world(seed % 2 == 0 ? .third : .last, seed: seed, faults: try Faults.parse("chaos")) else { continue }
      simulation.run()
      #expect(simulation.checkers.broken == [] && simulation.stopped == nil, "seed \(seed): \(simulation.checkers.broken)")
    }
  }

  // MARK: planted

  @Test("a core that forgets to undo, one that undoes twice, and one that undoes in another release, break undo")
  func planted() throws {
    func broken(_ lapse: Lapse?) throws -> [String] {
      var simulation = try world(.third, lapse: lapse)
      simulation.run()
      return simulation.checkers.broken.map(\.promise)
    }
    #expect(try broken(nil) == [])
    #expect(try broken(.undoForgotten) == ["undo"])
    #expect(try broken(.undoneTwice) == ["undo"])
    #expect(Set(try broken(.undoneElsewhere)) == ["undo"])
  }

  // MARK: lander rollback

  @Test("a rollback that somebody asks for undoes what ran for the revision that hosts leave, after they went back")
  func asked() throws {
    var simulation = Simulation(hosts: Worlds.hosts(3), seed: 1, scripts: Self.scripts)
    simulation.add(try Self.planned(simulation.surveys(), "d1"))
    simulation.run()
    #expect(simulation.hosts.allSatisfy { $0.marks.map(\.undo) == [.after] })
    var recipe = PinnedRecipe(name: "web", sources: Worlds.sources, hooks: Worlds.hooks)
    func plan(_ id: String) throws -> Plan {
      try RollbackPlanner.plan(
        try Worlds.selection(3), surveys: simulation.surveys(), kept: [recipe], by: Worlds.identity(id))
    }
    #expect(throws: Problems.self, "its undo is not known") { try plan("r0") }
    recipe.undoable = [Self.stage("migrate", 5, undo: 6)]
    let back = try plan("r1")
    #expect(back.flow.stages.map(\.name) == ["rollout", "undo of migrate"] && back.undone.map(\.mark.deployment) == ["d1"])
    simulation.add(back)
    simulation.run()
    #expect(simulation.checkers.broken == [], "\(simulation.checkers.broken)")
    #expect(simulation.engines.last?.conclusion?.status == .succeeded)
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id && $0.marks.allSatisfy { $0.state == .undone } })
  }
}
