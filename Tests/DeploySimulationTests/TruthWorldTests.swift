import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Worlds in which hosts do not have what their receipts say, or have something that Lander did not make.
struct TruthWorldTests {
  private static let text = "/srv/shop/releases/2024"

  /// Prepares hosts, and plays a deployment that the planner made from the surveys of these hosts.
  private func world(
    _ count: Int = 3, fresh: Bool = false, faults: Faults = Faults(), lapse: Lapse? = nil, _ prepare: (inout SimulatedHost, Int) -> Void
  ) throws -> Simulation {
    var hosts = Worlds.hosts(count, fresh: fresh)
    for number in hosts.indices { prepare(&hosts[number], number) }
    var simulation = Simulation(hosts: hosts, faults: faults, scripts: Worlds.scripts(batch: 1))
    simulation.limit = 50_000
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.add(try Worlds.planned(to: simulation.surveys(), id: "d1", lapse: lapse))
    return simulation
  }

  private func runsNew(_ host: inout SimulatedHost) {
    host.releases = [SimulatedHost.StoredRelease(release: Worlds.new, complete: true)]
    host.current = Worlds.new.id
    host.receipt?.release = Worlds.new
    host.receipt?.inputs = Worlds.inputs(Worlds.new)
  }

  @Test("a damaged release is repaired by deploying the same again, and only on the host that has it")
  func damaged() throws {
    var simulation = try world { host, number in
      runsNew(&host)
      if number == 1 { host.damaged = [Worlds.new.id] }
    }
    simulation.run()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.hosts.map(\.damaged) == [[], [], []])
    #expect(simulation.engines[0].conclusion?.hosts == [.unchanged, .succeeded, .unchanged])
  }

  @Test("a planner that takes a damaged release for whole breaks P8")
  func ignored() throws {
    var simulation = try world(2, lapse: .damageIgnored) { host, number in
      runsNew(&host)
      if number == 1 { host.damaged = [Worlds.new.id] }
    }
    simulation.run()
    #expect(simulation.checkers.broken.map(\.promise) == ["P8"])
  }

  @Test(
    "a crash at any instant of a deployment over another tool's link, then resume: the link is put back where it failed",
    arguments: [nil, 0, 2])
  func foreign(failing: Int?) throws {
    var faults = Faults()
    if let failing { faults.appointments = [.failing(host: failing, .validateService, release: Worlds.new.id)] }
    func world(crashes: [Int]) throws -> Simulation {
      var simulation = try self.world(fresh: true, faults: faults) { host, _ in host.foreign = Self.text }
      simulation.crashes = crashes
      simulation.run()
      return simulation
    }
    let calm = try world(crashes: [])
    #expect(calm.checkers.broken == [])
    let links = failing == nil ? [nil, nil, nil] : [Self.text, Self.text, Self.text]
    #expect(calm.hosts.map(\.foreign) == links)
    #expect(calm.hosts.allSatisfy { ($0.receipt == nil) == (failing != nil) })
    for point in stride(from: 0, to: calm.crashPoints, by: 7) {
      let crashed = try world(crashes: [point])
      #expect(crashed.checkers.broken == [] && crashed.hosts.map(\.foreign) == links, "crash at \(point)")
    }
  }

  @Test("hosts with another tool's link count as serving: the floor holds for a first day, too")
  func serving() throws {
    var simulation = try world(fresh: true) { host, _ in host.foreign = Self.text }
    var plan = simulation.engines[0].plan
    #expect(Admission(plan: plan).servingCount == 3)
    plan = plan.edited { $0.bounds.floor = 3 }
    simulation = Simulation(hosts: simulation.hosts, scripts: Worlds.scripts(batch: 1))
    simulation.add(plan)
    simulation.run()
    #expect(simulation.engines[0].conclusion?.status == .failed && simulation.checkers.broken == [])
    #expect(simulation.hosts.map(\.foreign) == [Self.text, Self.text, Self.text])
  }
}
