import DeployCore
import DeployModel
import DeploySimulation
import Testing

/// Deployments whose engine leaves while they wait for a person. Hosts keep the deployment, and another engine continues it.
struct ParkWorldTests {
  private static let approval = Gate(.approval, name: "approve", time: .minutes(30))
  private static let decisions: [Decision] = [
    .wave([0], parallel: nil), .gate(approval), .wave([1, 2], parallel: nil),
  ]

  private func world(
    answer: Message.Kind?, at moment: Interval = .seconds(600), crashes: [Int] = [], faults: Faults = Faults(), lapse: Lapse? = nil,
    absence: Interval = .minutes(5), rival: Bool = false
  ) -> Simulation {
    let hosts = Worlds.hosts(3)
    var faults = faults
    if let answer {
      faults.appointments.append(.say(at: moment, Message(id: "m1", answer, gate: "1", by: "kim@laptop", at: Timestamp(milliseconds: 0))))
    }
    var simulation = Simulation(hosts: hosts, seed: 1, faults: faults) { _ in
      SwiftScripts([
        SwiftScripts.deciding(Self.decisions), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["bin/setup"]),
        SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080),
      ])
    }
    simulation.limit = 50_000
    simulation.parks = absence
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.crashes = crashes
    simulation.lapse = lapse
    simulation.add(Worlds.plan(for: hosts, batch: 3))
    simulation.run()
    return simulation
  }

  /// Returns how often an engine left, and how often another one continued.
  private func turns(_ simulation: Simulation) -> (left: Int, back: Int) {
    let facts = simulation.engines[0].entries.map(\.fact)
    return (
      facts.count { if case .noted(.parked(until: _?)) = $0 { true } else { false } },
      facts.count { if case .noted(.parked(until: nil)) = $0 { true } else { false } }
    )
  }

  @Test("a deployment that waits for a person outlives its engines: hosts keep it, and whoever comes after the answer ends it")
  func answered() {
    let simulation = world(answer: .approve)
    #expect(simulation.checkers.broken == [])
    #expect(simulation.stopped == nil)
    #expect(simulation.engines.map(\.conclusion?.status) == [.succeeded])
    let turns = turns(simulation)
    #expect(turns.left > 1 && turns.back == turns.left)
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.new.id && $0.lock == nil })
  }

  @Test("whoever meets a parked deployment after its deadline fails it closed, and the hosts go back", arguments: [5, 35])
  func late(minutes: Int) {
    let simulation = world(answer: nil, absence: .minutes(minutes))
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(simulation.engines[0].conclusion?.error?.failure.kind == .rejected)
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id && $0.lock == nil })
  }

  @Test(
    "an engine that dies at any instant while it parks, is parked or goes on loses no answer, and the hosts end as without it",
    arguments: [Message.Kind.approve, .reject, .cancel])
  func crashes(answer: Message.Kind) {
    let undisturbed = world(answer: answer)
    #expect(undisturbed.checkers.broken == [])
    let outcome = Worlds.outcome(undisturbed).map { $0.split(separator: "[")[0] }
    var differences: [String] = []
    for point in 0..<undisturbed.crashPoints {
      let simulation = world(answer: answer, crashes: [point])
      if let broken = simulation.checkers.broken.first { differences.append("crash \(point): \(broken)") }
      if let stopped = simulation.stopped { differences.append("crash \(point): \(stopped)") }
      if simulation.engines.map(\.conclusion?.status) != undisturbed.engines.map(\.conclusion?.status) {
        differences.append("crash \(point): \(simulation.engines.map(\.conclusion?.status))")
      }
      if Worlds.outcome(simulation).map({ $0.split(separator: "[")[0] }) != outcome { differences.append("crash \(point): other hosts") }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    Worlds.report("single crash points of a parked deployment, \(answer.rawValue): \(undisturbed.crashPoints)")
  }

  @Test("an answer at any second around the moment in which an engine leaves is heard")
  func moments() {
    for second in 1...90 {
      let simulation = world(answer: .approve, at: .seconds(second), absence: .minutes(1))
      #expect(simulation.checkers.broken == [], "\(second)")
      // An approval before the gate opens counts for no gate, and then the gate fails when its time ends.
      #expect(simulation.engines[0].conclusion != nil && simulation.stopped == nil, "\(second)")
    }
  }

  @Test("a core that goes on with a parked deployment without asking its hosts breaks P1")
  func forgotten() {
    let broken = world(answer: .approve, lapse: .parkingForgotten).checkers.broken
    #expect(broken.map(\.promise).contains("P1"))
  }
}
