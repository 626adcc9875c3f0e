import DeployCore
import DeployModel
import DeploySimulation
import Testing

/// People speak to a deployment whose engine may die at any instant.
struct MessageWorldTests {
  private func world(crashes: [Int] = [], cancels: Bool = false, lapse: Lapse? = nil) -> Simulation {
    var faults = Faults()
    let last = Message(id: "m2", cancels ? .cancel : .resume, by: "kim@laptop", comment: "seen enough", at: Timestamp(milliseconds: 0))
    let first = Message(id: "m1", .pause, by: "kim@laptop", comment: "slow", at: Timestamp(milliseconds: 0))
    faults.appointments = [.say(at: .seconds(6), first), .say(at: .minutes(3), last)]
    var simulation = Worlds.simulation(3, batch: 1, faults: faults)
    simulation.crashes = crashes
    simulation.lapse = lapse
    simulation.run()
    return simulation
  }

  private func said(_ simulation: Simulation) -> [Message.ID] {
    simulation.engines[0].entries.compactMap { if case .happened(.said(let message)) = $0.fact { message.id } else { nil } }
  }

  @Test("no message is lost or heard twice by a crash at any instant, and the hosts end as without it", arguments: [false, true])
  func crashes(cancels: Bool) {
    let undisturbed = world(cancels: cancels)
    #expect(undisturbed.checkers.broken == [])
    #expect(said(undisturbed) == ["m1", "m2"])
    #expect(undisturbed.duration > .minutes(3))
    let hosts = undisturbed.hosts.map { [$0.current, $0.lock?.lock.deployment] }
    #expect(hosts.allSatisfy { $0 == [cancels ? Worlds.old.id : Worlds.new.id, nil] })
    var differences: [String] = []
    for point in 0..<undisturbed.crashPoints {
      let simulation = world(crashes: [point], cancels: cancels)
      if let broken = simulation.checkers.broken.first { differences.append("crash \(point): \(broken)") }
      if let stopped = simulation.stopped { differences.append("crash \(point): \(stopped)") }
      if said(simulation).sorted() != ["m1", "m2"] { differences.append("crash \(point): \(said(simulation))") }
      if simulation.hosts.map({ [$0.current, $0.lock?.lock.deployment] }) != hosts { differences.append("crash \(point): other hosts") }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
  }

  @Test("a ledger that takes a message out of its mailbox before it is in the journal loses it in a crash, which breaks P2")
  func takenEarly() {
    #expect(world(lapse: .messageTakenEarly).checkers.broken == [])
    let broken = (0..<world().crashPoints).flatMap { world(crashes: [$0], lapse: .messageTakenEarly).checkers.broken }
    #expect(broken.contains { $0.promise == "P2" && $0.message.hasPrefix("messages to ") })
  }

  @Test("a core that begins hosts while it is paused breaks P5")
  func pauseIgnored() {
    #expect(world(lapse: .pauseIgnored).checkers.broken.map(\.promise).contains("P5"))
  }
}
