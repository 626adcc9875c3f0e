import DeployCore
import DeployModel
import DeploySimulation
import Testing

/// Deployments with gates, during which the engine may die at any instant.
struct GateWorldTests {
  private static let approval = Gate(.approval, name: "approve", time: .minutes(30))
  private static let pause = Gate(.pause, name: "pause", time: .minutes(30))
  private static let wait = Gate(.time, name: "wait", time: .minutes(2))

  private static func watch(_ checks: Int) -> Gate {
    Gate(.check, name: "watch", time: .minutes(1), watch: Watch(.check(.port(8080)), every: .seconds(20), looks: checks))
  }

  /// A canary that stops at *ready*, followed by every kind of gate.
  private static let canary: [Decision] = [
    .wave([0], parallel: nil, upto: .validate), .gate(approval), .wave([0], parallel: nil), .gate(watch(4)), .gate(wait), .gate(pause),
    .wave([1, 2], parallel: nil),
  ]

  private func world(
    _ decisions: [Decision] = GateWorldTests.canary, crashes: [Int] = [], faults: Faults = Faults(), answers: Bool = true,
    catches: Bool = false, seed: UInt64 = 1, lapse: Lapse? = nil
  ) -> Simulation {
    let hosts = Worlds.hosts(3)
    var simulation = Simulation(hosts: hosts, seed: seed, faults: faults) { _ in
      SwiftScripts([
        SwiftScripts.deciding(decisions, catches: catches), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["bin/setup"]),
        SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080),
      ])
    }
    simulation.limit = 50_000
    simulation.answersGates = answers
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.crashes = crashes
    simulation.lapse = lapse
    simulation.add(Worlds.plan(for: hosts, batch: 3))
    simulation.run()
    return simulation
  }

  private func gates(_ simulation: Simulation) -> [String] {
    simulation.engines[0].entries.compactMap { entry in
      switch entry.fact {
      case .noted(.gateOpened(let number, let gate)): "\(number) \(gate.kind)"
      case .noted(.gateClosed(let number, let answer)): "\(number) \(answer.verdict)"
      default: nil
      }
    }
  }

  private let asked = [
    "1 approval", "1 pass", "2 check", "2 pass", "3 time", "3 pass", "4 pause", "4 pass",
  ]

  @Test("a deployment with every kind of gate and a stop at ready comes through, each gate asked and answered once")
  func all() {
    let simulation = world()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.engines.map(\.conclusion?.status) == [.succeeded])
    #expect(gates(simulation) == asked)
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.new.id && $0.lock == nil })
  }

  @Test(
    "a crash at any instant of a deployment with gates, then resume: no gate is asked or answered twice, and the hosts end as without it",
    arguments: [
      false, true,
    ])
  func crashes(rejected: Bool) {
    var faults = Faults()
    let reject = Message(id: "m1", .reject, by: "kim@laptop", at: Timestamp(milliseconds: 0))
    if rejected { faults.appointments = [.say(at: .seconds(100), reject)] }
    let undisturbed = world(faults: faults)
    #expect(undisturbed.checkers.broken == [])
    #expect(undisturbed.engines.map(\.conclusion?.status) == (rejected ? [.failed, .succeeded] : [.succeeded]))
    let outcome = Worlds.outcome(undisturbed).map { $0.split(separator: "[")[0] }
    var differences: [String] = []
    for point in 0..<undisturbed.crashPoints {
      let simulation = world(crashes: [point], faults: faults)
      if let broken = simulation.checkers.broken.first { differences.append("crash \(point): \(broken)") }
      if let stopped = simulation.stopped { differences.append("crash \(point): \(stopped)") }
      let numbers = gates(simulation).map { $0.split(separator: " ")[0] }
      if numbers != gates(undisturbed).prefix(numbers.count).map({ $0.split(separator: " ")[0] }) {
        differences.append("crash \(point): \(gates(simulation))")
      }
      if !rejected, gates(simulation) != asked { differences.append("crash \(point): \(gates(simulation))") }
      if Worlds.outcome(simulation).map({ $0.split(separator: "[")[0] }) != outcome { differences.append("crash \(point): other hosts") }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    Worlds.report("single crash points with gates, \(rejected ? "rejected" : "all well"): \(undisturbed.crashPoints)")
  }

  @Test("a gate that nobody answers fails closed at its deadline, and the hosts go back")
  func silence() {
    let simulation = world(answers: false)
    #expect(simulation.checkers.broken == [])
    #expect(gates(simulation) == ["1 approval", "1 fail"])
    #expect(simulation.duration > .minutes(30))
    #expect(simulation.hosts.allSatisfy { $0.current == Worlds.old.id && $0.lock == nil })
  }

  @Test("a core that lets silence approve breaks P5")
  func silenceApproves() {
    #expect(world(answers: false, lapse: .silenceApproves).checkers.broken.map(\.promise).contains("P5"))
  }

  /// A canary whose approval needs two signatures.
  private static let signed: [Decision] = [
    .wave([0], parallel: nil), .gate(Gate(.approval, name: "go", time: .minutes(30), from: ["kim", "ann"], count: 2)),
    .wave([1, 2], parallel: nil),
  ]

  @Test("a crash at any instant of an approval with two signatures, then resume: each signature counts once")
  func signatures() {
    let undisturbed = world(Self.signed)
    #expect(undisturbed.checkers.broken == [] && gates(undisturbed) == ["1 approval", "1 pass"])
    for point in 0..<undisturbed.crashPoints {
      let simulation = world(Self.signed, crashes: [point])
      #expect(simulation.checkers.broken == [] && gates(simulation) == ["1 approval", "1 pass"], "crash \(point)")
      #expect(simulation.engines[0].conclusion?.status == .succeeded, "crash \(point)")
    }
  }

  @Test("a core that lets anybody pass an approval that asks for signatures breaks P5")
  func anybodyApproves() {
    #expect(world(Self.signed, lapse: .anybodyApproves).checkers.broken.map(\.promise).contains("P5"))
  }

  @Test("a core in which a strategy catches a failed gate and starts a wave breaks P5")
  func caught() {
    let decisions: [Decision] = [.wave([0], parallel: nil), .gate(Self.approval), .wave([1, 2], parallel: nil)]
    let kept = world(decisions, answers: false, catches: true)
    #expect(kept.checkers.broken == [])
    #expect(kept.hosts.allSatisfy { $0.current == Worlds.old.id })
    #expect(world(decisions, answers: false, catches: true, lapse: .failedGateIgnored).checkers.broken.map(\.promise).contains("P5"))
  }

  @Test("time without an engine does not count: a watch makes all of its checks after an engine was away")
  func away() {
    let decisions: [Decision] = [.wave([0], parallel: nil), .gate(Self.watch(10)), .wave([1, 2], parallel: nil)]
    func checks(_ simulation: Simulation) -> Int {
      simulation.engines[0].entries.count { entry in
        if case .intended(let intent) = entry.fact, case .check = intent.operation { intent.site.event == nil } else { false }
      }
    }
    let undisturbed = world(decisions)
    #expect(checks(undisturbed) == 10)
    for point in stride(from: 0, to: undisturbed.crashPoints, by: 7) {
      let simulation = world(decisions, crashes: [point])
      #expect(checks(simulation) == 10 && simulation.checkers.broken.isEmpty, "crash \(point)")
    }
  }

  @Test("a rollout that is stopped on purpose leaves hosts on both revisions, no lock, and a receipt on trial", arguments: [false, true])
  func stopped(crashing: Bool) {
    let decisions: [Decision] = [.wave([0], parallel: nil), .stop(reason: "enough for today")]
    let undisturbed = world(decisions)
    for point in crashing ? Array(0..<undisturbed.crashPoints) : [] {
      let simulation = world(decisions, crashes: [point])
      #expect(simulation.checkers.broken.isEmpty && simulation.engines[0].conclusion?.status == .partial, "crash \(point)")
    }
    #expect(undisturbed.checkers.broken == [])
    #expect(undisturbed.engines.map(\.conclusion?.status) == [.partial])
    #expect(undisturbed.hosts.map(\.current) == [Worlds.new.id, Worlds.old.id, Worlds.old.id])
    #expect(undisturbed.hosts.allSatisfy { $0.lock == nil } && undisturbed.hosts[0].receipt?.trial == true)
  }

  @Test("chaos breaks no promise in deployments with gates")
  func chaos() {
    var statuses: [Conclusion.Status: Int] = [:]
    for seed in 0..<Worlds.count(60, variable: "LANDER_SEEDS") {
      let simulation = world(faults: .chaos, seed: UInt64(seed))
      #expect(simulation.checkers.broken.isEmpty, "seed \(seed): \(simulation.checkers.broken)")
      #expect(simulation.stopped == nil, "seed \(seed)")
      if let status = simulation.engines[0].conclusion?.status { statuses[status, default: 0] += 1 }
    }
    #expect(statuses[.succeeded, default: 0] > 3 && statuses[.failed, default: 0] > 3, "\(statuses)")
  }
}
