import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// People send messages to a deployment whose engine may die at any instant.
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
    let hosts = undisturbed.hosts.map { [$0.current?.rawValue, $0.lock?.lock.deployment.rawValue] }
    #expect(hosts.allSatisfy { $0 == [(cancels ? Worlds.old : Worlds.new).id.rawValue, nil] })
    var differences: [String] = []
    for point in 0..<undisturbed.crashPoints {
      let simulation = world(crashes: [point], cancels: cancels)
      if let broken = simulation.checkers.broken.first { differences.append("crash \(point): \(broken)") }
      if let stopped = simulation.stopped { differences.append("crash \(point): \(stopped)") }
      if said(simulation).sorted() != ["m1", "m2"] { differences.append("crash \(point): \(said(simulation))") }
      if simulation.hosts.map({ [$0.current?.rawValue, $0.lock?.lock.deployment.rawValue] }) != hosts {
        differences.append("crash \(point): other hosts")
      }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
  }

  @Test("a ledger that takes a message out of its mailbox before it is in the journal loses it in a crash, which breaks P2")
  func takenEarly() {
    #expect(world(lapse: .messageTakenEarly).checkers.broken == [])
    let broken = (0..<world().crashPoints).flatMap { world(crashes: [$0], lapse: .messageTakenEarly).checkers.broken }
    #expect(broken.contains { $0.promise == "P2" && $0.message.hasPrefix("messages to ") })
  }

  /// Plays a deployment with every request that a strategy and a stage can make, and pauses it after `seconds` for three minutes.
  private func asking(pausedAt seconds: Int, crashes: [Int] = [], lapse: Lapse? = nil) throws -> Simulation {
    let blue = try #require(Weights([.init("blue", 100), .init("green", 0)]))
    let green = try #require(Weights([.init("green", 100)]))
    func here(_ line: String) -> Request { .perform(.engine, .run(Command(.shell(line))), timeout: nil) }
    let watch = Gate(.check, name: "watch", time: .seconds(20), watch: Watch(.check(.port(8080)), every: .seconds(10), looks: 3))
    let strategy: [Request] = [
      here("before"), .decide(.wave([0], parallel: nil)), here("after"), .decide(.gate(Gate(.time, name: "wait", time: .seconds(10)))),
      .decide(.shift(green)), .spawn([Body(recipe: 0, function: 7)], limit: 1, keepGoing: false), .decide(.gate(watch)),
      .within(.seconds(30), Body(recipe: 0, function: 7)), .decide(.wave([1, 2], parallel: nil)),
    ]
    let hosts = Worlds.hosts(3)
    let pause = Message(id: "m1", .pause, by: "kim@laptop", at: Timestamp(milliseconds: 0))
    var resume = Message(id: "m2", .resume, by: "kim@laptop", at: Timestamp(milliseconds: 0))
    (resume.pause, resume.number) = ("m1", 0)
    var faults = Faults()
    faults.appointments = [.say(at: .seconds(seconds), pause), .say(at: .seconds(seconds + 180), resume)]
    var simulation = Simulation(hosts: hosts, faults: faults) { _ in
      SwiftScripts(
        [
          SwiftScripts.sequence { _ in strategy }, SwiftScripts.commands(["stop"]), SwiftScripts.commands(["bin/setup"]),
          SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080),
        ] + SwiftScripts.balancer(blue) + [SwiftScripts.sequence { _ in [here("child")] }])
    }
    simulation.limit = 50_000
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.crashes = crashes
    simulation.lapse = lapse
    let adapter = TrafficAdapter(pools: ["blue", "green"], read: 5, weight: 6)
    simulation.add(
      Worlds.plan(for: hosts, batch: 3).edited {
        $0.stages = [
          .upload, .rollout(Strategy(name: "own", function: 0, traffic: adapter)),
          .script(name: "smoke", summary: "", function: 7, when: nil, place: nil),
        ]
      })
    simulation.run()
    return simulation
  }

  @Test("whenever it is paused, nothing that a strategy or stage asks for begins before somebody resumes it, and all of it does then")
  func asked() throws {
    var seconds = 0
    while true {
      let simulation = try asking(pausedAt: seconds)
      #expect(simulation.checkers.broken == [], "paused at \(seconds) s")
      #expect(simulation.engines.map(\.conclusion?.status) == [.succeeded], "paused at \(seconds) s")
      #expect(simulation.commandsHere.filter { $0 == "child" }.count == 3, "paused at \(seconds) s")
      // The resume is sent three minutes after the pause. A shorter duration means that the deployment ended before.
      let entries = simulation.engines[0].entries
      if let first = entries.first, let last = entries.last, last.at - first.at < .minutes(3) { break }
      seconds += 1
    }
    #expect(seconds > 30)
    let broken = try stride(from: 0, to: seconds, by: 2).flatMap {
      try asking(pausedAt: $0, lapse: .pauseIgnored).checkers.broken.map(\.message)
    }
    for what in ["run (intent", "check (intent", "wave 1 began while", "wave 2 began while"] {
      #expect(broken.contains { $0.hasPrefix(what) }, "\(what)")
    }
  }

  @Test("a crash at any instant of a deployment that is paused in its strategy, then resume: the pause holds what it held")
  func askedAndCrashed() throws {
    for seconds in stride(from: 8, to: 70, by: 20) {
      let undisturbed = try asking(pausedAt: seconds)
      let hosts = undisturbed.hosts.map { [$0.current?.rawValue, $0.lock?.lock.deployment.rawValue] }
      for point in stride(from: 0, to: undisturbed.crashPoints, by: 5) {
        let simulation = try asking(pausedAt: seconds, crashes: [point])
        #expect(simulation.checkers.broken == [], "crash \(point), paused at \(seconds) s: \(simulation.checkers.broken)")
        #expect(simulation.stopped == nil, "crash \(point), paused at \(seconds) s")
        // A command on the engine's machine is lost in a crash, and then the deployment fails.
        guard simulation.engines[0].conclusion?.status == .succeeded else { continue }
        #expect(
          simulation.hosts.map { [$0.current?.rawValue, $0.lock?.lock.deployment.rawValue] } == hosts,
          "crash \(point), paused at \(seconds) s")
      }
    }
  }

  @Test("a core that begins hosts while it is paused breaks P5")
  func pauseIgnored() {
    #expect(world(lapse: .pauseIgnored).checkers.broken.map(\.promise).contains("P5"))
  }
}
