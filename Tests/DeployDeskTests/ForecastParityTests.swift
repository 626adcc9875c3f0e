import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests that the quick simulation of fleets decides as the full simulation does: equal durations and results of hosts lead to equal waves.
@Suite("Forecasts and rehearsals")
struct ForecastParityTests {
  /// The parts of a run that are compared.
  private struct Course: Hashable {
    var waves: [[Int]]
    var succeeded: [[Int]]
    var failed: [[Int]]
    var status: Conclusion.Status?
    var hosts: [Bool]
  }

  private static let body = """
    on = { AfterInstall = function(host) host:run "install" end },
    configuration = { floor = "60%", budget = { failed = "10%" } },
    """
  private static let strategies = ["", "strategy = rolling { batch = 9 },", "strategy = growing { first = 2, factor = 3, parallel = 4 },"]

  @Test("on 50 hosts it decides wave for wave as a rehearsal of the same hosts")
  func waves() throws {
    var (stopped, done) = (0, 0)
    for strategy in Self.strategies {
      let bench = try Bench(Bench.text(body: Self.body + strategy))
      let forecast = try ForecastBench.forecast(["none"], Self.body + strategy, hosts: 50, runs: 1)
      let plan = try #require(forecast.plans.first)
      for seed in 0..<(ForecastTests.isFull ? 70 : 12) {
        var faults = FleetFaults()
        (faults.bad, faults.flaky) = (seed % 3 == 0 ? 0.1 : 0.02, 0.04)
        let draws = FleetDraws(50, faults, seed: UInt64(seed), run: 0, pace: .minutes(5))
        let quick = try FleetCourse(plan, of: bench.project, bench.desk.stage).play(draws, faults, seed: 0)
        let found = Course(
          waves: quick.waves.map(\.hosts), succeeded: quick.waves.map { $0.result?.succeeded.sorted() ?? [] },
          failed: quick.waves.map { $0.result?.failed.sorted() ?? [] }, status: quick.conclusion?.status,
          hosts: quick.conclusion?.hosts.map { $0 == .succeeded } ?? [])
        let wanted = try rehearsed(plan, draws, bench)
        #expect(found == wanted, "seed \(seed), \(strategy)")
        if wanted.status == .succeeded { done += 1 } else { stopped += 1 }
      }
    }
    #expect(stopped > 0 && done > 0, "both ends are met: \(stopped) stopped, \(done) done")
  }

  private func rehearsed(_ plan: Plan, _ draws: FleetDraws, _ bench: Bench) throws -> Course {
    let hosts = plan.hosts.map { planned in
      var host = Rehearsing.host(planned)
      let draw = draws.hosts[planned.host.number]
      host.commands = { line, _ in
        guard line == "install" else { return nil }
        var command = SimulatedCommand()
        let isTwice = draw.end == .brokenOnce || draw.end == .broken
        command.duration = Interval(milliseconds: draw.duration.milliseconds / 2 * (draw.end == .broken ? 2 : isTwice ? 3 : 2))
        command.status = draw.end == .bad || draw.end == .broken ? 1 : 0
        return command
      }
      return host
    }
    let (stage, sources) = (bench.desk.stage, bench.project.project.sources)
    var simulation = Simulation(hosts: hosts, start: plan.origin.at) { plan in
      try stage.library.rehearsed(plan, sources: plan.content.recipes.map { _ in sources }, as: .faults, hasFaults: true)
    }
    simulation.pace = .instant
    simulation.followUp = { failed, conclusion, at in
      let identity = Planner.Identity(id: "back", actor: "test", at: at, engine: "test", token: "back", seed: 0)
      return RollbackPlanner.plan(after: failed, conclusion, by: identity)
    }
    simulation.add(plan)
    simulation.run()
    #expect(simulation.stopped == nil && simulation.checkers.broken.map { "\($0)" } == [])
    var course = Course(waves: [], succeeded: [], failed: [], status: nil, hosts: [])
    for case .noted(let note) in simulation.engines[0].entries.map(\.fact) {
      if case .waveBegan(_, let hosts, _) = note { course.waves.append(hosts) }
      if case .waveEnded(_, let result) = note {
        course.succeeded.append(result.succeeded.sorted())
        course.failed.append(result.failed.sorted())
      }
    }
    let end = simulation.engines[0].conclusion
    (course.status, course.hosts) = (end?.status, end?.hosts.map { $0 == .succeeded } ?? [])
    return course
  }
}
