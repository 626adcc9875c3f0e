import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

struct SimulationTests {
  @Test("with nothing going wrong a deployment brings every host to the new release and keeps every promise")
  func calm() throws {
    var simulation = Worlds.simulation(12, batch: 3)
    simulation.run()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.stopped == nil)
    #expect(simulation.engines[0].conclusion?.status == .succeeded)
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.new.id && $0.receipt?.deployment == "d1" && $0.lock == nil })
    #expect(simulation.checkers.checks > 500)
  }

  @Test("one seed gives one run, another seed another")
  func seeds() {
    func run(_ seed: UInt64) -> (UInt64, Int) {
      var simulation = Worlds.simulation(8, batch: 2, seed: seed, faults: .chaos, failed: 8, unreachable: 8)
      simulation.run()
      return (simulation.digest, simulation.events)
    }
    #expect(run(7) == run(7))
    #expect(run(7).0 != run(8).0)
  }

  @Test("a hook that fails on one host sends that host back, and then the deployment")
  func failingHook() throws {
    var faults = Faults()
    faults.appointments = [.failing(host: 1, .validateService, release: Worlds.new.id)]
    var simulation = Worlds.simulation(3, batch: 1, faults: faults)
    simulation.run()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id })
    #expect(simulation.hosts.allSatisfy { $0.lock == nil })
  }

  @Test("a second deployment of the same inputs changes nothing")
  func again() throws {
    var simulation = Worlds.simulation(3, batch: 1)
    simulation.run()
    let jobs = simulation.hosts.map(\.jobs.count)
    simulation.add(Worlds.plan(for: simulation.hosts, id: "d2", fence: 3))
    simulation.run()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines[1].conclusion?.status == .succeeded)
    #expect(simulation.hosts.map(\.jobs.count) == jobs)
  }

  @Test("of two deployments that want the same hosts one is refused and names the other")
  func race() throws {
    var simulation = Worlds.simulation(3, batch: 1)
    let other = Worlds.plan(for: simulation.hosts, id: "d2", fence: 2).edited { $0.lock.owner = "you@there" }
    simulation.add(other, after: .seconds(3))
    simulation.run()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines.map(\.conclusion?.status) == [.succeeded, .refused])
    #expect(simulation.engines[1].conclusion?.holder?.deployment == "d1")
  }

  @Test("a plan that was made before another deployment is refused, and holds no lock afterwards")
  func stale() throws {
    for fence in [2, 3] {
      var simulation = Worlds.simulation(3, batch: 1)
      let stale = Worlds.plan(for: simulation.hosts, id: "d2", fence: fence)
      simulation.run()
      simulation.add(stale)
      simulation.run()
      #expect(simulation.checkers.broken == [])
      #expect(simulation.engines.map(\.conclusion?.status) == [.succeeded, .refused])
      #expect(simulation.hosts.allSatisfy { $0.lock == nil && $0.current == Worlds.new.id })
    }
  }

  @Test("a cancelled deployment puts its hosts back and gives the locks up")
  func cancelled() throws {
    for second in 0..<20 {
      var faults = Faults()
      faults.appointments = [.cancel(at: .seconds(second))]
      var simulation = Worlds.simulation(3, batch: 2, faults: faults)
      simulation.run()
      #expect(simulation.checkers.broken == [], "cancelled after \(second) s")
      let status = simulation.engines[0].conclusion?.status
      #expect(status == .cancelled || status == .succeeded, "cancelled after \(second) s")
      #expect(simulation.hosts.allSatisfy { $0.lock == nil }, "cancelled after \(second) s")
      if status == .cancelled { #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id }, "cancelled after \(second) s") }
    }
  }

  @Test("an engine that was overtaken after its lease ended is refused by the hosts and changes nothing more")
  func overtaken() throws {
    var simulation = Worlds.simulation(3, batch: 1)
    // The first engine freezes before it writes down the first answer of a host, and continues after three minutes.
    simulation.crashes = [30]
    simulation.absence = .minutes(3)
    simulation.run(until: .seconds(100))
    let plan = Worlds.plan(for: simulation.hosts, id: "d2", fence: 3)
    simulation.add(plan)
    simulation.run()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines[1].conclusion?.status == .succeeded)
    #expect(simulation.engines[0].conclusion?.error?.failure.kind == .fenced)
  }

  @Test("a host that restarts while a hook runs is reported as lost, and the hook is not run again")
  func lost() throws {
    var faults = Faults()
    faults.appointments = [.reboot(host: 0, at: Interval(milliseconds: 7000))]
    var lost = 0
    for seed in 0..<20 {
      var simulation = Worlds.simulation(1, batch: 1, seed: UInt64(seed), faults: faults)
      simulation.run()
      #expect(simulation.checkers.broken == [])
      #expect(simulation.hosts[0].jobs.allSatisfy { $0.runs == 1 })
      if simulation.engines[0].conclusion?.error?.failure.kind == .lost { lost += 1 }
    }
    #expect(lost > 0)
  }

  @Test("hundreds of seeds of chaos break no promise")
  func chaos() {
    var statuses: [Conclusion.Status: Int] = [:]
    for seed in 0..<Worlds.count(300, variable: "LANDER_SEEDS") {
      let budget = seed % 4
      var simulation = Worlds.simulation(
        3 + seed % 10, batch: 1 + seed % 3, seed: UInt64(seed), faults: .chaos, failed: budget, unreachable: budget, stubborn: seed % 2 == 0
      )
      simulation.run()
      #expect(simulation.checkers.broken.isEmpty, "seed \(seed): \(simulation.checkers.broken.map(\.description).joined(separator: "\n"))")
      #expect(simulation.stopped == nil, "seed \(seed)")
      if let status = simulation.engines[0].conclusion?.status { statuses[status, default: 0] += 1 }
    }
    #expect(statuses[.succeeded, default: 0] > 20)
    #expect(statuses[.failed, default: 0] > 20)
  }
}
