import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Simulations with a balancer that hosts leave before they are stopped: crashes at any instant, failing hosts, and rollbacks.
@Suite("A partner in whole worlds")
struct PartnerWorldTests {
  /// Plays three hosts in two waves behind `lb1`. With `failing`, the second wave fails and all hosts are rolled back.
  private func world(crashes: [Int] = [], failing: Bool = false, seed: UInt64 = 1, faults: Faults = Faults()) -> Simulation {
    var faults = faults
    if failing { faults.appointments = [.failing(host: 2, .validateService, release: Worlds.new.id)] }
    let hosts = Worlds.hosts(3)
    var simulation = Simulation(hosts: hosts + [SimulatedHost(name: "lb1")], seed: seed, faults: faults) { plan in
      SwiftScripts([
        SwiftScripts.rolling(2, hosts: Array(plan.hosts.indices)), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["setup"]),
        SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080), Self.asking("out", plan), Self.asking("in", plan),
      ])
    }
    simulation.limit = 50_000
    simulation.crashes = crashes
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.add(
      Worlds.plan(for: hosts, batch: 2).edited { draft in
        draft.recipes[0].hooks += [Recipe.Hook(event: .blockTraffic, function: 5), Recipe.Hook(event: .allowTraffic, function: 6)]
        draft.partners = [Partner(host: Host(name: "lb1"), groups: ["lb"], path: "/root/.lander/shop/production")]
      })
    simulation.run()
    return simulation
  }

  /// Returns a hook that asks the partner to take a host out or to put it back.
  private static func asking(_ word: String, _ plan: Plan) -> SwiftScripts.Function {
    SwiftScripts.sequence { subject in
      guard case .host(let number) = subject else { return [] }
      let command = Command(.shell("\(word) \(plan.hosts[number].host.name)"))
      return [.perform(.host(plan.hosts.count), .run(command), timeout: nil)]
    }
  }

  /// Returns the hosts that are out at the end, according to the commands on the partner, in the order in which they began.
  private func out(_ simulation: Simulation) -> [String] {
    var out: Set<String> = []
    for case .run(let command) in simulation.hosts[3].jobs.map(\.intent.operation) {
      let words = command.line.split(separator: " ").map(String.init)
      if words[0] == "out" { out.insert(words[1]) } else { out.remove(words[1]) }
    }
    return out.sorted()
  }

  /// Returns the result like `Worlds.outcome`, with the balancer's commands sorted, because hosts of a wave may ask it in any order.
  private func outcome(_ simulation: Simulation) -> [String] {
    Worlds.outcome(simulation).prefix(3) + Worlds.ledger(simulation.hosts[3]).sorted()
  }

  @Test("all hosts are back at the balancer at the end, also after a failure, and its lock is free", arguments: [false, true])
  func calm(failing: Bool) {
    let world = world(failing: failing)
    #expect(world.checkers.broken == [] && world.stopped == nil)
    #expect(world.engines.map(\.conclusion?.status) == (failing ? [.failed, .succeeded] : [.succeeded]))
    #expect(out(world) == [] && world.hosts[3].lock == nil)
    #expect(Worlds.ledger(world.hosts[3]).filter { $0.contains("out web1") }.count == (failing ? 2 : 1))
  }

  @Test(
    "after a crash at any instant and a resume, the balancer was asked the same, each thing once, and every promise holds",
    arguments: [false, true])
  func crashes(failing: Bool) {
    let undisturbed = world(failing: failing)
    let wanted = outcome(undisturbed)
    #expect(undisturbed.crashPoints > 100)
    let differences = (0..<undisturbed.crashPoints).compactMap { point -> String? in
      let world = world(crashes: [point], failing: failing)
      if let broken = world.checkers.broken.first { return "\(point): \(broken)" }
      if let stopped = world.stopped { return "\(point): \(stopped)" }
      return outcome(world) == wanted && out(world) == [] ? nil : "\(point): \(outcome(world))"
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(3))")
  }

  @Test("whatever goes wrong, no promise is broken and every deployment ends")
  func trouble() throws {
    for seed in UInt64(1)...300 {
      let world = world(seed: seed, faults: try Faults.parse("chaos"))
      #expect(world.checkers.broken == [] && world.stopped == nil, "seed \(seed): \(world.checkers.broken)")
    }
  }
}
