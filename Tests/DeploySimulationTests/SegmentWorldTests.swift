import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Waves that leave their hosts ready, and later waves that continue with these hosts, under all kinds of faults.
struct SegmentWorldTests {
  /// Plays three hosts in two steps. With `failing`, the third host fails when it gets its traffic back.
  private func world(
    _ upto: Segment = .validate, crashes: [Int] = [], failing: Bool = false, faults: Faults = Faults(), seed: UInt64 = 1, floor: Int = 0,
    forgets: Bool = false, lapse: Lapse? = nil
  ) -> Simulation {
    let hosts = Worlds.hosts(3)
    var faults = faults
    if failing { faults.appointments.append(.failing(host: 2, .afterAllowTraffic, release: Worlds.new.id)) }
    var simulation = Simulation(hosts: hosts, seed: seed, faults: faults) { plan in
      SwiftScripts([
        SwiftScripts.prepared(upto, hosts: Array(plan.hosts.indices), forgets: forgets), SwiftScripts.commands(["stop"]),
        SwiftScripts.commands(["bin/setup"]), SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080),
        SwiftScripts.commands(["bin/allow"]),
      ])
    }
    simulation.limit = 50_000
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.crashes = crashes
    simulation.lapse = lapse
    var plan = Worlds.plan(for: hosts, batch: 3)
    plan = plan.edited { $0.bounds.floor = floor }
    plan = plan.edited { $0.recipes[0].hooks.append(Recipe.Hook(event: .afterAllowTraffic, function: 5)) }
    simulation.add(plan)
    simulation.run()
    return simulation
  }

  @Test("hosts that are left ready after any segment come through with the wave that takes them on", arguments: Segment.allCases)
  func segments(upto: Segment) {
    let simulation = world(upto)
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines.map(\.conclusion?.status) == [.succeeded])
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.new.id && $0.lock == nil })
    let ready = simulation.engines[0].entries.count { if case .noted(.host(_, .ready)) = $0.fact { true } else { false } }
    #expect(ready == (upto == .settle ? 0 : 3))
  }

  @Test("a crash at any instant of a deployment with ready hosts, then resume: the hosts end as without it", arguments: [false, true])
  func crashes(failing: Bool) {
    let undisturbed = world(failing: failing)
    #expect(undisturbed.checkers.broken == [])
    #expect(undisturbed.engines.map(\.conclusion?.status) == (failing ? [.failed, .succeeded] : [.succeeded]))
    if failing { #expect(undisturbed.hosts.allSatisfy { $0.current == Worlds.old.id && $0.lock == nil }) }
    let differences = Worlds.differences(from: undisturbed) { world(crashes: [$0], failing: failing) }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    Worlds.report("single crash points with ready hosts, \(failing ? "with the way back" : "all well"): \(undisturbed.crashPoints)")
  }

  @Test("cancelled at any second, hosts that are ready go back, and no lock stays")
  func cancelled() {
    for second in 0..<20 {
      var faults = Faults()
      faults.appointments = [.cancel(at: .seconds(second))]
      let simulation = world(faults: faults)
      #expect(simulation.checkers.broken == [], "cancelled after \(second) s")
      #expect(simulation.hosts.allSatisfy { $0.lock == nil }, "cancelled after \(second) s")
      let status = simulation.engines[0].conclusion?.status
      if status == .cancelled { #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id }, "cancelled after \(second) s") }
    }
  }

  @Test("chaos breaks no promise in deployments with ready hosts")
  func chaos() {
    var statuses: [Conclusion.Status: Int] = [:]
    for seed in 0..<Worlds.count(60, variable: "LANDER_SEEDS") {
      let simulation = world(Segment.allCases[seed % 7], faults: .chaos, seed: UInt64(seed))
      #expect(simulation.checkers.broken.isEmpty, "seed \(seed): \(simulation.checkers.broken)")
      #expect(simulation.stopped == nil, "seed \(seed)")
      if let status = simulation.engines[0].conclusion?.status { statuses[status, default: 0] += 1 }
    }
    #expect(statuses[.succeeded, default: 0] > 3 && statuses[.failed, default: 0] > 3, "\(statuses)")
  }

  @Test("a core that counts ready hosts as serving breaks P4")
  func readyServes() {
    #expect(world(floor: 2).checkers.broken == [])
    #expect(world(floor: 2, lapse: .readyServes).checkers.broken.map(\.promise).contains("P4"))
  }

  @Test("a core that lets a strategy leave hosts ready breaks P8")
  func readyForgotten() {
    let simulation = world(forgets: true)
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines[0].conclusion?.status == .failed)
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id })
    #expect(world(forgets: true, lapse: .readyForgotten).checkers.broken.map(\.promise).contains("P8"))
  }

  @Test("a core that prunes before the others have come through breaks P7")
  func prunedEarly() {
    func rolling(_ lapse: Lapse?) -> Simulation {
      var simulation = Worlds.simulation(3, batch: 2)
      simulation.lapse = lapse
      simulation.run()
      return simulation
    }
    #expect(rolling(nil).checkers.broken == [])
    #expect(rolling(.prunedEarly).checkers.broken.map(\.promise).contains("P7"))
  }
}
