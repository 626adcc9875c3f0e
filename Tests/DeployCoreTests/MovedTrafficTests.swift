import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

/// A person moves the traffic of slots by hand while a deployment runs.
@Suite("Traffic that somebody else moves")
struct MovedTrafficTests {
  private static func weights(_ blue: Int) -> Weights { Weights([.init("blue", blue), .init("green", 100 - blue)])! }

  /// Returns a plan for two machines with two slots each, all of which run `old`.
  private static func slots() -> Plan {
    plan(hosts: 4, hooks: [(.beforeBlockTraffic, 3), (.applicationStop, 3)], failed: 4).edited { draft in
      let traffic = TrafficAdapter(pools: ["blue", "green"], read: 1, weight: 2)
      draft.stages = [.upload, .rollout(Strategy(name: "own", function: 0, traffic: traffic))]
      draft.rules = .newest
      for number in draft.hosts.indices {
        let (machine, slot) = (number < 2 ? "web1" : "web2", number % 2 == 0 ? "blue" : "green")
        draft.hosts[number].host = Host(number: number, name: "\(machine)/\(slot)", address: machine, slot: slot)
      }
    }
  }

  /// Plays these decisions.
  /// - Parameters:
  ///   - reads: the blue pool's share in percent at each read. The last one repeats.
  ///   - answer: returns what happens after an intent.
  private func play(
    _ decisions: [Decision], reads: [Int], answer: (Intent) -> [Happening] = { [.finished(intent: $0.id, .done())] }
  ) -> (conclusion: Conclusion?, verbs: [String]) {
    var conductor = Conductor(plan: Self.slots(), scripts: HandScripts(decisions, reads: reads.map(Self.weights)))
    var (conclusion, verbs): (Conclusion?, [String]) = (nil, [])
    var queue: [Happening] = [.started]
    while !queue.isEmpty {
      for effect in conductor.take(queue.removeFirst()) {
        switch effect {
        case .perform(let intent):
          if case .run(let command) = intent.operation, case .host(let host) = intent.place { verbs.append("\(host) \(command.line)") }
          queue += answer(intent)
        case .conclude(let end): conclusion = end
        default: break
        }
      }
    }
    return (conclusion, verbs)
  }

  @Test("weights are read again just before a wave, and a slot that got traffic meanwhile is not stopped")
  func beforeWave() {
    let end = play([.shift(nil), .wave([1, 3], parallel: nil)], reads: [100, 40])
    #expect(end.conclusion?.error?.failure.message == "web1/green gets 60 % of the traffic, and a slot that has some is not stopped")
    #expect(end.verbs == [] && end.conclusion?.hosts == [.pending, .pending, .pending, .pending])
  }

  @Test("a deployment that moved traffic does not continue if somebody else moves it")
  func meanwhile() {
    let end = play([.wave([1, 3], parallel: nil), .shift(Self.weights(50)), .shift(Self.weights(0))], reads: [100, 100, 50, 70])
    #expect(
      end.conclusion?.error?.failure.message
        == "the traffic is at blue 70 %, green 30 %, and this deployment had set blue 50 %, green 50 %: somebody else moves it")
  }

  @Test("traffic that somebody moves after the last shift fails the deployment before it ends well", arguments: [0, 30])
  func afterTheLast(blue: Int) {
    let own = Self.slots().edited { draft in
      draft.stages.append(.script(name: "smoke", summary: "", function: 3, when: nil, place: nil))
      draft.partners = [Partner(host: Host(number: 4, name: "lb"), groups: ["lbs"], path: "/srv/lb")]
    }
    let decisions: [Decision] = [.wave([1, 3], parallel: nil), .shift(Self.weights(0))]
    let end = Play(own, HandScripts(decisions, reads: [100, 100, 0, blue].map(Self.weights), stageHost: 4)).conclusion
    #expect(end?.status == (blue == 0 ? .succeeded : .failed))
    #expect(blue == 0 || end?.error?.failure.message.hasSuffix("somebody else moves it") == true, "\(end as Any)")
  }

  @Test("after an engine died, a slot under way is stopped only if it has no traffic", arguments: [100, 0])
  func revived(blue: Int) {
    var died = false
    let end = play([.wave([1, 3], parallel: nil)], reads: [100, blue]) { intent in
      let ended = Happening.finished(intent: intent.id, .done())
      guard case .run(let command) = intent.operation, command.line == "hook 1", !died else { return [ended] }
      died = true
      return [.revived, ended]
    }
    if blue == 100 {
      #expect(end.conclusion?.status == .succeeded && end.conclusion?.hosts == [.kept, .succeeded, .kept, .succeeded])
    } else {
      #expect(end.conclusion?.status == .failed)
      // Only the first hook of each host ran, which comes before ApplicationStop. The rollback stops nothing either.
      #expect(end.verbs.allSatisfy { $0 == "1 hook 1" || $0 == "3 hook 1" }, "\(end.verbs)")
    }
  }

  @Test("no traffic moves to a slot that did not get the release, whatever the budget allows")
  func missed() {
    let end = play([.wave([1, 3], parallel: nil), .shift(Self.weights(0))], reads: [100]) { intent in
      let fails = if case .activate = intent.operation { intent.place == .host(3) } else { false }
      return [.finished(intent: intent.id, fails ? .failed(.command, "no") : .done())]
    }
    #expect(
      end.conclusion?.error?.failure.message == "web2/green did not get the release, and would get 100 % of the traffic of its machine")
  }

  @Test("a stage before the rollout is told that slots do not have the release yet")
  func early() {
    let own = Self.slots().edited { draft in
      draft.stages = [.upload, .script(name: "migrate", summary: "", function: 3, when: nil, place: nil)] + draft.stages.suffix(1)
    }
    let play = Play(own, HandScripts([], reads: [], stageHost: 0))
    #expect(play.conclusion?.error?.failure.message.hasPrefix("web1/blue does not have the release: with slots it is sent") == true)
    let balancer = own.edited { $0.partners = [Partner(host: Host(number: 4, name: "lb"), groups: ["lbs"], path: "/srv/lb")] }
    #expect(Play(balancer, HandScripts([], reads: [], stageHost: 4)).verbs.contains("4 hook 1"), "others than slots have no release")
  }
}

/// A strategy that makes these decisions, an adapter that reads these weights one after the other, and a hook that counts its runs.
private final class HandScripts: Scripts {
  private var decisions: ArraySlice<Decision>
  private var reads: ArraySlice<Weights>
  private var running: [ScriptID: (body: Int, subject: Subject, isAsked: Bool)] = [:]
  private var hooks: [Int: Int] = [:]

  /// The number of the host on which the hook runs if a stage calls it.
  private let stageHost: Int

  init(_ decisions: [Decision], reads: [Weights], stageHost: Int = 0) {
    (self.decisions, self.reads, self.stageHost) = (decisions[...], reads[...], stageHost)
  }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) { running[script] = (body.function, subject, false) }
  func kill(_ script: ScriptID) { running[script] = nil }

  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    guard let one = running[script] else { return Step(.ended(.returned(.null))) }
    switch answer {
    case .refused(let failure), .cancel(let failure): return Step(.ended(.raised(ScriptError(failure))))
    case .outcome(let outcome):
      if let failure = outcome.failure { return Step(.ended(.raised(ScriptError(failure)))) }
    default: break
    }
    switch one.body {
    case 0: return Step(decisions.popFirst().map { .asked(.decide($0)) } ?? .ended(.returned(.null)))
    case 1: return Step(.ended(.returned((reads.count > 1 ? reads.removeFirst() : reads.first)?.value ?? .null)))
    case 3 where !one.isAsked:
      let host = if case .host(let number) = one.subject { number } else { stageHost }
      running[script]?.isAsked = true
      hooks[host, default: 0] += 1
      return Step(.asked(.perform(.host(host), .run(Command(.shell("hook \(hooks[host] ?? 0)"))), timeout: nil)))
    default: break
    }
    return Step(.ended(.returned(.null)))
  }
}
