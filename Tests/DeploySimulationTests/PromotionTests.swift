import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// An engine dies for ever. A revision that it had not finished must never become the target of a rollback.
struct PromotionTests {
  /// Plays a deployment of the new release to three hosts with the old one, whose engine dies for ever at a crash point. Its leases run
  /// out.
  private func killed(at point: Int, defect: Defect? = nil) -> Simulation {
    var simulation = Worlds.simulation(3, batch: 1)
    simulation.defect = defect
    simulation.absence = .seconds(1_000_000)
    simulation.crashes = [point]
    simulation.run(until: .seconds(600))
    return simulation
  }

  /// All instants after the beginning at which the engine can die.
  private var points: Range<Int> {
    var simulation = Worlds.simulation(3, batch: 1)
    simulation.run()
    return 1..<simulation.crashPoints
  }

  /// The first crash point at which exactly one host has the new release; nil: none.
  private var split: Int? {
    points.first { point in killed(at: point).hosts.map { $0.receipt?.release.id == Worlds.new.id } == [true, false, false] }
  }

  @Test("killed at any instant, then another deployment, then rollback: all hosts go back to one release that has proved good")
  func rollback() throws {
    var whole = 0
    for point in points {
      var simulation = killed(at: point)
      simulation.add(try Worlds.planned(to: simulation.surveys(), id: "d2", release: Worlds.third))
      simulation.run(until: .seconds(1200))
      #expect(simulation.hosts.allSatisfy { $0.current == Worlds.third.id }, "killed at \(point)")
      simulation.add(try Worlds.rollback(simulation.surveys(), id: "d3"))
      simulation.run(until: .seconds(1800))
      #expect(simulation.checkers.broken == [], "killed at \(point)")
      let current = simulation.hosts.map { $0.current ?? "nothing" }
      #expect(Set(current).count == 1 && current.first != Worlds.third.id, "killed at \(point): \(current)")
      if current.first == Worlds.new.id { whole += 1 }
    }
    // If the engine died between two unlocks, the new release was already good.
    #expect(whole > 0 && whole < points.count / 2)
  }

  @Test("killed at any instant, then rollback: all hosts are on the release that proved good last")
  func undone() throws {
    for point in points {
      var simulation = killed(at: point)
      guard let plan = try? Worlds.rollback(simulation.surveys(), id: "d2") else {
        // Either nothing was begun, or every host has succeeded, so no older release is left.
        #expect(Set(simulation.hosts.map(\.current)).count == 1, "killed at \(point)")
        continue
      }
      simulation.add(plan)
      simulation.run(until: .seconds(1200))
      #expect(simulation.checkers.broken == [], "killed at \(point)")
      #expect(simulation.hosts.map(\.current) == [Worlds.old.id, Worlds.old.id, Worlds.old.id], "killed at \(point)")
    }
  }

  @Test("killed at any instant, then a deployment that fails: what goes back by itself goes to a release that has proved good")
  func failing() throws {
    for point in points {
      var simulation = killed(at: point)
      simulation.faults.appointments = [.failing(host: 2, .validateService, release: Worlds.third.id)]
      simulation.add(try Worlds.planned(to: simulation.surveys(), id: "d2", release: Worlds.third))
      simulation.run(until: .seconds(1800))
      #expect(simulation.checkers.broken == [], "killed at \(point)")
      #expect(simulation.hosts.allSatisfy { $0.current != Worlds.third.id }, "killed at \(point)")
    }
  }

  @Test("a rollback that takes each host to what it ran before splits the group, onto a release that never proved good, which breaks P7")
  func planted() throws {
    let point = try #require(split)
    func world(_ defect: Defect?, _ lapse: Lapse?) throws -> Simulation {
      var simulation = killed(at: point, defect: defect)
      simulation.add(try Worlds.planned(to: simulation.surveys(), id: "d2", release: Worlds.third))
      simulation.run(until: .seconds(1200))
      simulation.add(try Worlds.rollback(simulation.surveys(), id: "d3", lapse: lapse))
      simulation.run(until: .seconds(1800))
      return simulation
    }
    #expect(try world(nil, nil).checkers.broken == [])
    let broken = try world(.trialIgnored, .trialIgnored).checkers.broken
    #expect(broken.contains { $0.promise == "P7" && $0.message.contains("no deployment of that ever succeeded") })
  }

  @Test("a core that restores what never proved good breaks P7", arguments: [0, 2])
  func restored(failing host: Int) throws {
    let point = try #require(split)
    func world(_ lapse: Lapse?) throws -> Simulation {
      var simulation = killed(at: point)
      simulation.faults.appointments = [.failing(host: host, .validateService, release: Worlds.third.id)]
      simulation.add(try Worlds.planned(to: simulation.surveys(), id: "d2", release: Worlds.third, lapse: lapse))
      simulation.run(until: .seconds(1800))
      return simulation
    }
    #expect(try world(nil).checkers.broken == [])
    #expect(try world(.trialIgnored).checkers.broken.map(\.promise).contains("P7"))
  }
}
