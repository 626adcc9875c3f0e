import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Deployments that move traffic, during which the engine may die at any instant.
struct ShiftWorldTests {
  private static let blue = Weights([.init("blue", 100), .init("green", 0)])
  private static let green = Weights([.init("green", 100)])

  private func world(
    passes: Bool, ready: Bool = false, crashes: [Int] = [], faults: Faults = Faults(), seed: UInt64 = 1, lapse: Lapse? = nil
  ) throws -> Simulation {
    let (blue, green) = (try #require(Self.blue), try #require(Self.green))
    // The order of blue/green: the hosts become ready, they get the traffic, and they are finished after the approval.
    let decisions: [Decision] =
      [
        .wave([0, 1, 2], parallel: nil, upto: ready ? .validate : nil), .shift(green),
        .gate(Gate(.approval, name: "approve", time: .minutes(5))),
      ] + (ready ? [.wave([0, 1, 2], parallel: nil)] : [])
    let hosts = Worlds.hosts(3)
    var simulation = Simulation(hosts: hosts, seed: seed, faults: faults) { _ in
      SwiftScripts(
        [
          SwiftScripts.deciding(decisions), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["bin/setup"]),
          SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080),
        ] + SwiftScripts.balancer(blue))
    }
    simulation.limit = 50_000
    simulation.answersGates = passes
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.crashes = crashes
    simulation.lapse = lapse
    let adapter = TrafficAdapter(pools: ["blue", "green"], read: 5, weight: 6)
    let plan = Worlds.plan(for: hosts, batch: 3).edited {
      $0.stages = [.upload, .rollout(Strategy(name: "own", function: 0, traffic: adapter))]
    }
    simulation.add(plan)
    simulation.run()
    return simulation
  }

  @Test("traffic that was shifted stays when the deployment succeeds, and is put back before hosts go back when it fails")
  func plain() throws {
    let good = try world(passes: true)
    #expect(good.checkers.broken == [] && good.engines.map(\.conclusion?.status) == [.succeeded])
    #expect(good.commandsHere == ["traffic?", "traffic blue 0 %, green 100 %", "traffic?", "traffic?"])
    let bad = try world(passes: false)
    #expect(bad.checkers.broken == [] && bad.engines.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(
      bad.commandsHere == ["traffic?", "traffic blue 0 %, green 100 %", "traffic?", "traffic blue 100 %, green 0 %", "traffic?"])
    #expect(bad.hosts.allSatisfy { $0.current == Worlds.old.id && $0.lock == nil })
  }

  @Test("hosts that are ready and get traffic are stopped after it has gone back")
  func order() throws {
    let good = try world(passes: true, ready: true)
    #expect(good.checkers.broken == [] && good.engines.map(\.conclusion?.status) == [.succeeded])
    let bad = try world(passes: false, ready: true)
    #expect(bad.checkers.broken == [] && bad.engines.map(\.conclusion?.status) == [.failed])
    let entries = bad.engines[0].entries
    let back = entries.lastIndex { if case .noted(.shifted) = $0.fact { true } else { false } }
    let undone = entries.firstIndex { if case .noted(.host(_, .restoring)) = $0.fact { true } else { false } }
    #expect(try #require(back) < #require(undone))
    #expect(
      bad.commandsHere.last { $0 != "traffic?" } == "traffic blue 100 %, green 0 %"
        && bad.hosts.allSatisfy { $0.current == Worlds.old.id && $0.lock == nil })
  }

  @Test(
    "a crash at any instant of a deployment that moves traffic, then resume: it is back after a failure",
    arguments: [
      (true, false), (false, false), (true, true), (false, true),
    ])
  func crashes(passes: Bool, ready: Bool) throws {
    let undisturbed = try world(passes: passes, ready: ready)
    var differences: [String] = []
    var failed = 0
    for point in 0..<undisturbed.crashPoints {
      let simulation = try world(passes: passes, ready: ready, crashes: [point])
      if let broken = simulation.checkers.broken.first { differences.append("crash \(point): \(broken)") }
      if let stopped = simulation.stopped { differences.append("crash \(point): \(stopped)") }
      let (first, last) = (simulation.engines[0], simulation.commandsHere.last { $0.hasPrefix("traffic ") })
      // A command that was running on the engine's machine when the engine died is lost, and then the shift may fail.
      let isBack = first.conclusion?.status == .failed
      if isBack { failed += 1 }
      let weighed = first.entries.contains { entry in
        if case .intended(let intent) = entry.fact, case .run(let command) = intent.operation {
          command.line.hasPrefix("traffic ")
        } else {
          false
        }
      }
      let wanted = weighed ? (isBack ? "traffic blue 100 %, green 0 %" : "traffic blue 0 %, green 100 %") : nil
      if last != wanted { differences.append("crash \(point): \(simulation.commandsHere)") }
      if first.conclusion?.traffic != nil { differences.append("crash \(point): not put back") }
      let release = isBack ? Worlds.old.id : Worlds.new.id
      if !simulation.hosts.allSatisfy({ $0.current == release && $0.lock == nil }) { differences.append("crash \(point): other hosts") }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    #expect(passes ? failed < undisturbed.crashPoints / 4 : failed == undisturbed.crashPoints)
    let end = passes ? "all well" : "not approved"
    Worlds.report("single crash points with traffic\(ready ? " to ready hosts" : ""), \(end): \(undisturbed.crashPoints)")
  }

  @Test("a core that leaves traffic where it is after a failure breaks P7")
  func forgotten() throws {
    #expect(try world(passes: false, lapse: .trafficForgotten).checkers.broken.map(\.promise).contains("P7"))
  }

  @Test("cancelled at any second, the traffic is where it was, and no lock stays")
  func cancelled() throws {
    for second in 0..<30 {
      var faults = Faults()
      faults.appointments = [.cancel(at: .seconds(second))]
      let simulation = try world(passes: false, faults: faults)
      #expect(simulation.checkers.broken == [] && simulation.hosts.allSatisfy { $0.lock == nil }, "cancelled after \(second) s")
      let last = simulation.commandsHere.last { $0.hasPrefix("traffic ") }
      #expect(last == nil || last == "traffic blue 100 %, green 0 %", "cancelled after \(second) s: \(simulation.commandsHere)")
    }
  }

  @Test("chaos breaks no promise in deployments that move traffic")
  func chaos() throws {
    for seed in 0..<Worlds.count(60, variable: "LANDER_SEEDS") {
      let simulation = try world(passes: seed % 2 == 0, faults: .chaos, seed: UInt64(seed))
      #expect(simulation.checkers.broken.isEmpty, "seed \(seed): \(simulation.checkers.broken)")
      #expect(simulation.stopped == nil, "seed \(seed)")
    }
  }
}
