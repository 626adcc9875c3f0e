import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// A canary whose twin is restarted before the two are compared, and is changed later like the other hosts.
struct RestartWorldTests {
  /// Plays a deployment with host 0 as the canary and host 1 as its twin.
  /// - Parameter failing: whether the twin's release does not start again.
  private func world(
    crashes: [Int] = [], failing: Bool = false, faults: Faults = Faults(), seed: UInt64 = 1, floor: Int = 1, lapse: Lapse? = nil
  ) -> Simulation {
    let hosts = Worlds.hosts(3)
    var faults = faults
    if failing { faults.appointments.append(.failing(host: 1, .applicationStart, release: Worlds.old.id)) }
    let decisions: [Decision] = [.wave([0], parallel: nil), .restart([1], parallel: nil), .wave([1, 2], parallel: nil)]
    var simulation = Simulation(hosts: hosts, seed: seed, faults: faults) { _ in
      SwiftScripts([
        SwiftScripts.deciding(decisions), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["bin/setup"]),
        SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080),
      ])
    }
    simulation.limit = 50_000
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.crashes = crashes
    simulation.lapse = lapse
    simulation.add(Worlds.plan(for: hosts, batch: 3).edited { $0.bounds.floor = floor })
    simulation.run()
    return simulation
  }

  private func statuses(_ simulation: Simulation, of host: Int) -> [HostStatus] {
    simulation.engines[0].entries.compactMap { if case .noted(.host(host, let status)) = $0.fact { status } else { nil } }
  }

  @Test("a host is stopped and started with the release that it runs, waits again, and is changed by a later wave")
  func restarted() {
    let simulation = world()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines.map(\.conclusion?.status) == [.succeeded])
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.new.id && $0.lock == nil })
    #expect(statuses(simulation, of: 1) == [.changing, .pending, .changing, .succeeded])
    let results = simulation.engines[0].entries.compactMap { if case .noted(.restartEnded(let result)) = $0.fact { result } else { nil } }
    #expect(results == [WaveResult(succeeded: [1], failed: [])])
  }

  @Test("a host whose release does not start again fails the deployment, and the canary goes back")
  func failing() {
    let simulation = world(failing: true)
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines[0].conclusion?.status == .failed)
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id && $0.lock == nil })
  }

  @Test("a crash at any instant of a deployment with a restart, then resume: the hosts end as without it", arguments: [false, true])
  func crashes(failing: Bool) {
    let undisturbed = world(failing: failing)
    let differences = Worlds.differences(from: undisturbed) { world(crashes: [$0], failing: failing) }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    Worlds.report("single crash points with a restart, \(failing ? "which fails" : "all well"): \(undisturbed.crashPoints)")
  }

  @Test("cancelled at any second, a host under way is started again with what it runs, and no lock stays")
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

  @Test("chaos breaks no promise in deployments with a restart")
  func chaos() {
    for seed in 0..<Worlds.count(60, variable: "LANDER_SEEDS") {
      let simulation = world(faults: .chaos, seed: UInt64(seed))
      #expect(simulation.checkers.broken.isEmpty, "seed \(seed): \(simulation.checkers.broken)")
      #expect(simulation.stopped == nil, "seed \(seed)")
    }
  }

  @Test("a core that restarts below the floor breaks P4")
  func floor() {
    let simulation = world(floor: 3)
    #expect(simulation.checkers.broken == [] && simulation.engines[0].conclusion?.status == .failed)
    #expect(world(floor: 3, lapse: .floorIgnored).checkers.broken.map(\.promise).contains("P4"))
  }
}
