import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Defects that are planted on purpose, which the checkers must find.
struct DefectTests {
  private func broken(_ defect: Defect?, _ simulation: Simulation) -> [String] {
    var simulation = simulation
    simulation.defect = defect
    simulation.run()
    return simulation.checkers.broken.map(\.promise)
  }

  private func broken(_ lapse: Lapse, _ simulation: Simulation) -> [String] {
    var simulation = simulation
    simulation.lapse = lapse
    simulation.run()
    return simulation.checkers.broken.map(\.promise)
  }

  @Test("an effect before its entry breaks P2")
  func effectBeforeEntry() {
    #expect(broken(nil, Worlds.simulation()) == [])
    #expect(broken(.effectBeforeEntry, Worlds.simulation()).contains("P2"))
  }

  @Test("a job that is sent again runs twice, which breaks at most once")
  func jobSentAgain() {
    var faults = Faults()
    faults.lostReply = 0.5
    #expect(broken(nil, Worlds.simulation(faults: faults)) == [])
    #expect(broken(.jobSentAgain, Worlds.simulation(faults: faults)).contains("at most once"))
  }

  @Test("a switch in two steps breaks P3")
  func switchInTwoSteps() {
    #expect(broken(.switchInTwoSteps, Worlds.simulation()).contains("P3"))
  }

  @Test("a release that was made current without being verified breaks P3")
  func unverifiedRelease() {
    #expect(broken(.unverifiedRelease, Worlds.simulation()).contains("P3"))
  }

  @Test("hosts that ignore fences let two owners at them, which breaks P1")
  func fenceIgnored() {
    func overtaken() -> Simulation {
      var simulation = Worlds.simulation(3, batch: 1)
      simulation.crashes = [30]
      simulation.absence = .seconds(65)
      simulation.add(Worlds.plan(for: simulation.hosts, id: "d2", fence: 3), after: .seconds(67))
      return simulation
    }
    #expect(broken(nil, overtaken()) == [])
    #expect(broken(.fenceIgnored, overtaken()).contains("P1"))
  }

  @Test("a core that ignores the floor breaks P4")
  func floorIgnored() {
    func world() -> Simulation {
      let hosts = Worlds.hosts(4)
      var plan = Worlds.plan(for: hosts, batch: 4)
      plan = plan.edited { $0.bounds.floor = 3 }
      var simulation = Simulation(hosts: hosts, scripts: Worlds.scripts(batch: 4))
      simulation.add(plan)
      return simulation
    }
    #expect(broken(nil, world()) == [])
    #expect(broken(.floorIgnored, world()).contains("P4"))
  }

  @Test("a core that ignores the budget breaks P5", arguments: [false, true])
  func budgetIgnored(resumed: Bool) {
    func world() -> Simulation {
      var faults = Faults()
      faults.appointments = [.failing(host: 0, .afterInstall, release: Worlds.new.id)]
      var simulation = Worlds.simulation(4, batch: 1, faults: faults, stubborn: true)
      if resumed { simulation.crashes = [20] }
      return simulation
    }
    #expect(broken(nil, world()) == [])
    #expect(broken(.budgetIgnored, world()).contains("P5"))
  }

  @Test("a planner that ignores receipts breaks P10")
  func receiptIgnored() throws {
    func again(_ lapse: Lapse?) throws -> Simulation {
      var simulation = Worlds.simulation(3, batch: 1)
      simulation.run()
      simulation.add(try Worlds.planned(to: simulation.surveys(), id: "d2", lapse: lapse))
      simulation.run()
      return simulation
    }
    let calm = try again(nil)
    #expect(calm.checkers.broken == [])
    #expect(calm.engines[1].plan.hosts.map(\.action) == [.unchanged, .unchanged, .unchanged])
    #expect(try again(.receiptIgnored).checkers.broken.map(\.promise).contains("P10"))
  }
}
