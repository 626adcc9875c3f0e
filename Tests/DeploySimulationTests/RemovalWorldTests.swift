import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Removals in simulated worlds: engines that die at any instant, hosts that cannot be stopped, and people who cancel.
struct RemovalWorldTests {
  private static let data = "/srv/shop/shared/data"

  private static func hosts() -> [SimulatedHost] {
    Worlds.hosts(3).map { host in
      var host = host
      host.files = [Self.data: SimulatedFile(.text("precious")), "/srv/shop/notes": SimulatedFile(.text("of somebody"))]
      return host
    }
  }

  private static func plan(_ hosts: [SimulatedHost], _ removal: Removal, id: String = "r1") throws -> Plan {
    var selection = try Worlds.selection(hosts.count)
    selection.recipe = selection.recipe.removing(removal)
    let nothing = BuiltBundle.nothing
    return try Planner.deployment(
      Planner.Input(
        selection: selection, release: Worlds.old, bundle: nothing.bundle, manifest: nothing.manifest, sources: Worlds.sources,
        surveys: hosts.map { .reached($0.state(at: Timestamp(milliseconds: 2))) }),
      by: Worlds.identity(id))
  }

  private func world(
    _ removal: Removal = Removal(), crashes: [Int] = [], faults: [Faults.Appointment] = [], defect: Defect? = nil
  ) throws -> Simulation {
    var all = Faults()
    all.appointments = faults
    let hosts = Self.hosts()
    var simulation = Simulation(hosts: hosts, seed: 1, faults: all, scripts: Worlds.scripts(batch: 3))
    simulation.limit = 50_000
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.defect = defect
    simulation.add(try Self.plan(hosts, removal))
    simulation.crashes = crashes
    simulation.run()
    return simulation
  }

  private func left(_ simulation: Simulation) -> [String] {
    zip(Worlds.outcome(simulation), simulation.hosts).map { "\($0) \($1.releases.count) \($1.files.keys.sorted())" }
  }

  private static let failures: [[Faults.Appointment]] = [
    [], [.failing(host: 1, .applicationStop, release: Worlds.old.id)], [.failing(host: 1, .install, release: nil)],
    [.refusing(host: 1, verb: "remove", .notPermitted)],
  ]

  @Test("a crash at any instant, then resume: every promise holds, and the hosts end as without it", arguments: failures)
  func crashes(_ faults: [Faults.Appointment]) throws {
    let undisturbed = try world(faults: faults)
    #expect(undisturbed.checkers.broken == [] && undisturbed.crashPoints > 30)
    #expect(undisturbed.engines.map(\.conclusion?.status) == [faults.isEmpty ? .succeeded : .failed])
    for point in 0..<undisturbed.crashPoints {
      let crashed = try world(crashes: [point], faults: faults)
      #expect(crashed.checkers.broken == [] && crashed.stopped == nil, "crash \(point)")
      #expect(left(crashed) == left(undisturbed), "crash \(point)")
      #expect(crashed.engines.map(\.conclusion?.status) == undisturbed.engines.map(\.conclusion?.status), "crash \(point)")
    }
  }

  @Test("hosts run nothing and have no release afterwards, and keep their data, files of others and the fence")
  func whole() throws {
    let simulation = try world()
    for host in simulation.hosts {
      #expect(host.current == nil && host.releases.isEmpty && host.receipt == nil && host.sources.isEmpty && host.lock == nil)
      #expect(host.files.keys.sorted() == ["/srv/shop/notes", Self.data] && host.fence.number == 2)
      #expect(Worlds.ledger(host) == ["r1 stop x1"])
    }
    let remarks = simulation.engines[0].entries.compactMap { if case .noted(.remark(let text)) = $0.fact { text } else { nil } }
    #expect(remarks.contains("web1: notes, shared stay in /srv/shop"), "\(remarks)")
    let all = try world(Removal(shared: true))
    #expect(all.checkers.broken == [] && all.hosts.allSatisfy { $0.files.keys.sorted() == ["/srv/shop/notes"] })
  }

  @Test("a host that cannot be stopped is started again and keeps what it has, and the others have lost it")
  func unstoppable() throws {
    let simulation = try world(faults: Self.failures[1])
    #expect(simulation.engines.map(\.conclusion?.status) == [.failed])
    #expect(simulation.hosts.map(\.current) == [nil, Worlds.old.id, nil])
    #expect(simulation.engines[0].conclusion?.rollback.isEmpty == true, "what is removed does not come back")
    #expect(Worlds.ledger(simulation.hosts[1]) == ["r1 stop x1", "r1 start x1"])
    let forced = try world(Removal(force: true), faults: Self.failures[1])
    #expect(forced.checkers.broken == [] && forced.hosts.allSatisfy { $0.current == nil && $0.releases.isEmpty })
  }

  @Test("a host that refuses the removal before anything is gone is started again, and keeps what it has")
  func refused() throws {
    let simulation = try world(faults: Self.failures[2])
    let statuses = try #require(simulation.engines[0].conclusion).hosts
    guard case .restored = statuses[1] else { return #expect(Bool(false), "\(statuses)") }
    #expect(simulation.checkers.broken == [] && simulation.hosts.map(\.current) == [nil, Worlds.old.id, nil])
    #expect(Worlds.ledger(simulation.hosts[1]) == ["r1 stop x1", "r1 start x1"] && simulation.hosts[1].failedRestore == nil)
  }

  @Test("a host on which the removal fails half way remembers that, and a second one removes what is left")
  func broken() throws {
    var simulation = try world(faults: Self.failures[3])
    let statuses = try #require(simulation.engines[0].conclusion).hosts
    #expect(statuses[0] == .succeeded && statuses[2] == .succeeded)
    guard case .failed = statuses[1] else { return #expect(Bool(false), "\(statuses)") }
    #expect(simulation.hosts[1].current == nil && simulation.hosts[1].failedRestore?.deployment == "r1")
    #expect(Worlds.ledger(simulation.hosts[1]) == ["r1 stop x1"], "there is nothing to start")
    simulation.faults = Faults()
    simulation.add(try Self.plan(simulation.hosts, Removal(), id: "r2"))
    simulation.run()
    #expect(simulation.checkers.broken == [] && simulation.engines.last?.conclusion?.status == .succeeded)
    #expect(simulation.hosts.allSatisfy { $0.current == nil && $0.releases.isEmpty })
  }

  @Test("a deployment after it is a first one, and is removed again")
  func again() throws {
    var simulation = try world()
    var plan = Worlds.plan(for: simulation.hosts, id: "d3", batch: 3, fence: 3)
    plan = plan.edited { $0.bounds.floor = 0 }
    #expect(plan.hosts.allSatisfy { $0.previous == nil && $0.current == nil })
    simulation.add(plan)
    simulation.run()
    #expect(simulation.checkers.broken == [] && simulation.hosts.allSatisfy { $0.receipt?.deployment == "d3" })
    simulation.add(try Self.plan(simulation.hosts, Removal(), id: "r4"))
    simulation.run()
    #expect(simulation.checkers.broken == [] && simulation.hosts.allSatisfy { $0.current == nil && $0.fence.number == 4 })
  }

  @Test("cancelled at any time, each host has lost all of it or runs what it ran")
  func cancelled() throws {
    for delay in stride(from: 0, to: 6000, by: 150) {
      let hosts = Self.hosts()
      var faults = Faults()
      faults.appointments = [.cancel(at: Interval(milliseconds: delay))]
      var simulation = Simulation(hosts: hosts, seed: UInt64(delay), faults: faults, scripts: Worlds.scripts(batch: 3))
      simulation.limit = 50_000
      simulation.add(try Self.plan(hosts, Removal()))
      simulation.run()
      #expect(simulation.checkers.broken == [], "after \(delay) ms")
      for host in simulation.hosts {
        let isWhole = host.current == Worlds.old.id && host.has(Worlds.old.id) && host.receipt != nil
        let isGone = host.current == nil && host.releases.isEmpty && host.receipt == nil
        #expect(isWhole || isGone, "after \(delay) ms")
      }
    }
  }

  @Test("hosts that lose data although it was to stay break P7")
  func dataTaken() throws {
    #expect(try world(defect: .dataTaken).checkers.broken.map(\.promise).contains("P7"))
    #expect(try world(Removal(shared: true), defect: .dataTaken).checkers.broken == [])
  }
}
