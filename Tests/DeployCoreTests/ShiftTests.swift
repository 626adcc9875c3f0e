import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("Traffic")
struct ShiftTests {
  private func weights(_ blue: Int, _ green: Int) -> Weights { Weights([.init("green", green), .init("blue", blue)])! }

  /// Plays decisions. Function 0 is the strategy, 1 reads weights and 2 sets them. `reply` returns the outcome of a command of the adapter.
  private func play(
    _ decisions: [Decision], read: Value? = nil, adapter: Bool = true, rules: Plan.Flow.Rules = .newest, lies: Bool = false,
    reply: (String) -> Outcome = { _ in .done() }
  ) -> (play: Play, commands: [String]) {
    let traffic = TrafficAdapter(pools: ["blue", "green"], read: 1, weight: 2)
    let strategy = Strategy(name: "own", function: 0, traffic: adapter ? traffic : nil)
    let own = plan(hosts: 2).edited { draft in
      draft.stages = [.rollout(strategy)]
      draft.rules = rules
    }
    let play = Play(own, Adapter(decisions, now: weights(100, 0), read: read, lies: lies), rings: false, short: .seconds(1)) { intent in
      if case .run(let command) = intent.operation { reply(command.line) } else { .done() }
    }
    let commands = play.intents.compactMap { if case .run(let command) = $0.operation { command.line } else { nil } }
    return (play, commands)
  }

  private let wave = Decision.wave([0, 1], parallel: nil)

  @Test("weights are whole per cent by pool that sum to 100, each pool once")
  func weights() {
    #expect(weights(90, 10).sentence == "blue 90 %, green 10 %")
    for bad in [[("a", 99)], [("a", 50), ("a", 50)], [("a", 101), ("b", -1)], [("", 100)], []] {
      #expect(Weights(bad.map { Weights.Share($0.0, $0.1) }) == nil)
    }
    #expect(Weights(.record(of: [("a", .number(100))])) == nil && Weights(.text("a")) == nil)
  }

  @Test("weights are read before they are set and afterwards; plans of older versions read them once")
  func shifts() {
    let decisions = [wave, .shift(weights(90, 10)), .shift(weights(0, 100))]
    let (play, commands) = play(decisions)
    #expect(play.conclusion?.status == .succeeded)
    #expect(commands == ["read", "set blue 90 %, green 10 %", "read", "read", "set blue 0 %, green 100 %", "read"])
    #expect(self.play(decisions, rules: .fifth).commands == ["read", "set blue 90 %, green 10 %", "set blue 0 %, green 100 %"])
    let noted = play.effects.compactMap { effect -> [Weights?]? in
      if case .note(.shifted(let from, let to)) = effect { [from, to] } else { nil }
    }
    #expect(noted == [[weights(100, 0), weights(90, 10)], [weights(90, 10), weights(0, 100)]])
  }

  @Test("a strategy that asks for the weights moves nothing, and later hears what was shifted last")
  func asked() {
    let (play, commands) = play([.shift(nil), wave, .shift(weights(90, 10)), .shift(nil), .rollback(reason: "bad")])
    #expect(commands == ["read", "read", "set blue 90 %, green 10 %", "read", "read", "set blue 100 %, green 0 %", "read"])
    #expect(play.conclusion?.status == .failed)
    let (quiet, read) = self.play([.shift(nil), wave, .rollback(reason: "bad")])
    #expect(read == ["read"] && quiet.conclusion?.traffic == nil, "nothing was moved, so nothing is put back")
  }

  @Test("a shift that names one pool sets the others to nothing")
  func one() throws {
    let green: Weights = try #require(Weights([.init("green", 100)]))
    let (_, commands) = play([wave, .shift(green)])
    #expect(commands.last { $0 != "read" } == "set blue 0 %, green 100 %")
  }

  @Test("an adapter that fails fails the deployment, and the weights are set back")
  func fails() {
    let (play, commands) = play([wave, .shift(weights(0, 100))]) { line in
      line == "set blue 0 %, green 100 %" ? .failed(.command, "the balancer says no") : .done()
    }
    #expect(play.conclusion?.status == .failed && play.conclusion?.error?.failure.message == "the balancer says no")
    #expect(commands == ["read", "set blue 0 %, green 100 %", "set blue 100 %, green 0 %", "read"])
    #expect(play.conclusion?.traffic == nil && play.conclusion?.rollback == [0, 1])
  }

  @Test("weights that cannot be put back are tried three times, and the end says what was tried")
  func stray() {
    let (play, commands) = play([wave, .shift(weights(0, 100)), .rollback(reason: "bad")]) { line in
      line == "set blue 100 %, green 0 %" ? .failed(.command, "the balancer is away") : .done()
    }
    #expect(commands.suffix(3) == Array(repeating: "set blue 100 %, green 0 %", count: 3)[...])
    #expect(
      play.conclusion?.traffic
        == StrayTraffic(wanted: weights(100, 0), message: "the balancer is away", commands: ["set blue 100 %, green 0 %"]))
    #expect(play.conclusion?.rollback == [0, 1])
  }

  @Test("a way back that hangs is not tried again: everybody waits for it")
  func hangs() {
    let (play, commands) = play([wave, .shift(weights(0, 100)), .rollback(reason: "bad")]) { line in
      line == "set blue 100 %, green 0 %" ? .failed(.timeout, "not done within 2 min") : .done()
    }
    #expect(commands.count { $0 == "set blue 100 %, green 0 %" } == 1 && play.conclusion?.traffic?.message == "not done within 2 min")
  }

  @Test("weights that are set and are not there fail the deployment, and nothing is to be put back")
  func lies() {
    let (play, commands) = play([wave, .shift(weights(0, 100))], lies: true)
    #expect(
      play.conclusion?.error?.failure.message
        == "weight of traffic set blue 0 %, green 100 %, and read says blue 100 %, green 0 %")
    #expect(commands.count { $0 == "read" } == 5 && play.conclusion?.traffic == nil, "\(commands)")
    #expect(!play.effects.contains { if case .note(.shifted(_, let to)) = $0 { to == weights(0, 100) } else { false } })
  }

  @Test("a balancer may round what it says by 1 %, but something is never nothing")
  func rounded() {
    let lots: [(Int, Int, Bool)] = [(90, 91, true), (90, 92, false), (99, 100, false), (0, 1, false), (50, 49, true)]
    for (one, other, agrees) in lots { #expect(weights(one, 100 - one).agrees(with: weights(other, 100 - other)) == agrees, "\(one)") }
  }

  @Test(
    "what cannot be shifted is refused with a sentence",
    arguments: [
      (false, "blue", Value?.none, "the recipe has no traffic, so there is nothing to shift"),
      (true, "red", nil, "there is no pool \"red\""),
      (true, "blue", "much", "read of traffic gave no weights of the pools"),
      (true, "blue", .record(of: [("red", .int(100))]), "read of traffic gave no weights of the pools"),
    ])
  func refused(adapter: Bool, pool: String, read: Value?, message: String) throws {
    let wanted: Weights = try #require(Weights([.init(pool, 100)]))
    let (play, commands) = play([wave, .shift(wanted)], read: read, adapter: adapter)
    #expect(play.conclusion?.error?.failure.message == message)
    #expect(!commands.contains { $0.hasPrefix("set") })
  }
}

/// A strategy that makes these decisions, and a traffic adapter.
private final class Adapter: Scripts {
  private var decisions: ArraySlice<Decision>
  private var now: Weights
  private let read: Value?
  private let lies: Bool
  private var running: [ScriptID: (body: Int, subject: Subject, isAsked: Bool)] = [:]
  /// - Parameters:
  ///   - read: the value that the adapter reads; nil: the weights that were set last.
  ///   - lies: whether setting weights has no effect.
  init(_ decisions: [Decision], now: Weights, read: Value?, lies: Bool) {
    (self.decisions, self.now, self.read, self.lies) = (decisions[...], now, read, lies)
  }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) { running[script] = (body.function, subject, false) }
  func kill(_ script: ScriptID) { running[script] = nil }
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    guard let one = running[script] else { return Step(.ended(.returned(.null))) }
    let failure: Failure? =
      switch answer {
      case .cancel(let failure), .refused(let failure): failure
      case .outcome(let outcome): outcome.failure
      default: nil
      }
    if let failure { return Step(.ended(.raised(ScriptError(failure)))) }
    guard one.body > 0 else { return Step(decisions.popFirst().map { .asked(.decide($0)) } ?? .ended(.returned(.null))) }
    if one.isAsked {
      if case .weights(let weights) = one.subject, !lies { now = weights }
      return Step(.ended(.returned(one.body == 1 ? read ?? now.value : .null)))
    }
    running[script]?.isAsked = true
    guard case .weights(let weights) = one.subject else {
      return Step(.asked(.perform(.engine, .run(Command(.shell("read"))), timeout: nil)))
    }
    return Step(.asked(.perform(.engine, .run(Command(.shell("set \(weights.sentence)"))), timeout: nil)))
  }
}
