import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Tests a watch with hosts that give no answer, in simulated time.
@Suite("Hosts that hang while they are watched")
struct HungHostTests {
  /// How a check of a host ends.
  private enum Reply {
    case never
    case after(Int, good: Bool)
  }

  /// A deployment with a wave of all hosts and a watch, simulated second by second.
  private struct Watched {
    var checks: [(at: Int, host: Int)] = []
    var closed: (at: Int, answer: GateAnswer)?
    var remarks: [String] = []
    var cancelled = 0
    private var now = 0
    private var waiting: [(at: Int, happening: Happening)] = []

    /// - Parameter reply: how a check of this host, at this second, ends.
    init(
      _ gate: Gate, hosts: Int, rules: Plan.Flow.Rules = .newest, scripts: (any Scripts)? = nil, _ reply: (_ host: Int, _ at: Int) -> Reply
    ) {
      let own = plan(hosts: hosts, stages: [.rollout(Strategy(name: "own", function: 0))]).edited { $0.rules = rules }
      let decisions: [Decision] = [.wave(Array(0..<hosts), parallel: nil), .gate(gate)]
      var conductor = Conductor(plan: own, scripts: scripts ?? WatchingScripts(decisions))
      waiting = [(0, .started)]
      var opened = 0
      while let next = waiting.indices.min(by: { (waiting[$0].at, $0) < (waiting[$1].at, $1) }), closed == nil {
        let (at, happening) = waiting.remove(at: next)
        now = at
        for effect in conductor.take(happening) {
          switch effect {
          case .perform(let intent):
            guard case .host(let host) = intent.place, intent.operation.isCheck else {
              waiting.append((now, .finished(intent: intent.id, .done())))
              continue
            }
            checks.append((now - opened, host))
            if case .after(let seconds, let good) = reply(host, now - opened) {
              let outcome = good ? Outcome.done(.bool(true)) : .failed(.unhealthy, "port 80 is closed")
              waiting.append((now + seconds, .finished(intent: intent.id, outcome)))
            }
          case .cancel: cancelled += 1
          case .ring(let timer, let after): waiting.append((now + after.milliseconds / 1000, .rang(timer: timer)))
          case .note(.gateOpened(1, _)): opened = now
          case .note(.gateClosed(1, let answer)): closed = (now - opened, answer)
          case .note(.remark(let text)): remarks.append(text)
          default: break
          }
        }
      }
    }

    func times(of host: Int) -> [Int] { checks.filter { $0.host == host }.map(\.at) }
  }

  private func gate(
    _ question: Watch.Question = .check(.port(80)), during: Int = 12, every: Int = 4, limit: Int = 2, allow: Int = 0
  ) -> Gate {
    let checks = (during + every - 1) / every + 1
    let watch = Watch(question, every: .seconds(every), looks: checks, limit: .seconds(limit), allow: allow)
    return Gate(.check, name: "watch", time: .seconds(during), watch: watch)
  }

  @Test("while a host gives no answer the others are checked at their interval, and one that turns bad fails the gate at once")
  func others() {
    let watched = Watched(gate(), hosts: 3) { host, at in host == 0 ? .never : .after(0, good: host == 2 || at < 8) }
    #expect(watched.times(of: 1) == [0, 4, 8] && watched.times(of: 2) == [0, 4, 8])
    #expect(watched.closed?.at == 8 && watched.closed?.answer == GateAnswer(.fail, comment: "h1: port 80 is closed"))
    // A deployment that an older version began continues by its own rules.
    let old = Watched(gate(), hosts: 3, rules: .first) { host, at in
      host == 0 ? .after(100, good: true) : .after(0, good: host == 2 || at < 8)
    }
    #expect(old.times(of: 1) == [0, 104])
  }

  @Test("a host that gives no answer is named, counts within the time of its check, and the watch ends in its own")
  func named() {
    let watched = Watched(gate(), hosts: 2) { host, _ in host == 0 ? .never : .after(0, good: true) }
    #expect(watched.times(of: 1) == [0, 4, 8, 12])
    #expect(watched.closed?.answer == GateAnswer(.inconclusive, comment: "no answer from h0: it gave no answer within 2 s"))
    #expect(.seconds(watched.closed?.at ?? 999) <= gate().longest && gate().longest == .seconds(25))
    #expect(
      watched.remarks == ["h0 gave the watch \"watch\" no answer within 2 s; it is asked again, and the others meanwhile"])
    #expect(watched.cancelled == watched.times(of: 0).count)
    // A host that answers again at its last check has missed the checks before.
    let back = Watched(gate(), hosts: 2) { host, at in host == 0 && at < 8 ? .never : .after(0, good: true) }
    #expect(
      back.closed?.answer
        == GateAnswer(.inconclusive, comment: "2 of 8 checks got no answer, the first from h0: it gave no answer within 2 s"))
    #expect(
      Watched(gate(allow: 2), hosts: 2) { host, at in host == 0 && at < 8 ? .never : .after(0, good: true) }.closed?.answer.verdict == .pass
    )
  }

  @Test("a host that answers late, but in time, is checked as often as the others, and a watch passes")
  func slow() {
    let watched = Watched(gate(limit: 10), hosts: 2) { host, _ in .after(host == 0 ? 7 : 0, good: true) }
    #expect(watched.times(of: 0) == [0, 8, 16, 24] && watched.times(of: 1) == [0, 4, 8, 12])
    #expect(watched.closed?.at == 31 && watched.closed?.answer == GateAnswer(.pass))
  }

  @Test("a function that waits for a host which gives no answer says nothing of the release; one that only takes too long finds it bad")
  func functions() {
    let asked = gate(.function(9))
    let hung = Watched(asked, hosts: 1, scripts: WatchingScripts([.wave([0], parallel: nil), .gate(asked)], asksHost: true)) { _, _ in
      .never
    }
    #expect(hung.closed?.answer == GateAnswer(.inconclusive, comment: "no answer from h0: it gave no answer within 2 s"))
    let other = Watched(asked, hosts: 2, scripts: WatchingScripts([.wave([0, 1], parallel: nil), .gate(asked)], asksHost: true)) {
      host, _ in
      host == 0 ? .never : .after(0, good: true)
    }
    #expect(other.times(of: 1) == [0, 4, 8, 12] && other.closed?.answer.verdict == .inconclusive)
    let spinning = Watched(asked, hosts: 1, scripts: WatchingScripts([.wave([0], parallel: nil), .gate(asked)], asksHost: false)) { _, _ in
      .never
    }
    #expect(spinning.closed?.answer == GateAnswer(.fail, comment: "h0: the function was not done within 2 s"))
    #expect(spinning.closed?.at == 2)
  }

  @Test("a watch without hosts of its own checks ready hosts that run the release, not at those that only stopped the one before")
  func ready() {
    for (segment, isChecked) in [
      (Segment.stop, false), (.deliver, false), (.install, false), (.start, true), (.validate, true), (.admit, true),
    ] {
      let watched = Watched(
        gate(), hosts: 2, scripts: WatchingScripts([.wave([0, 1], parallel: nil, upto: segment), .gate(gate())])
      ) { _, _ in .after(0, good: true) }
      #expect(watched.times(of: 1) == (isChecked ? [0, 4, 8, 12] : []))
      #expect(watched.closed?.answer.verdict == (isChecked ? .pass : .inconclusive))
    }
  }

  @Test(
    "whatever hosts answer and when, each that answers is checked as often as was asked, and the gate ends in its time"
  )
  func anyTimes() {
    for seed in 1...300 {
      var chance = Chance(UInt64(seed))
      func below(_ n: Int) -> Int { Int.random(in: 0..<n, using: &chance) }
      let hosts = below(50) == 0 ? 110 : 1 + below(5)
      let gate = gate(during: 1 + below(30), every: 1 + below(9), limit: 1 + below(12), allow: below(4))
      let (limit, checks) = (gate.watch?.limit.milliseconds ?? 0, gate.watch?.looks ?? 0)
      let hangs = below(3)
      var silent = 0
      let watched = Watched(gate, hosts: hosts) { _, _ in
        if below(8) < hangs {
          silent += 1
          return .never
        }
        return .after(below(limit / 1000 + 1), good: true)
      }
      #expect(watched.closed != nil && .seconds(watched.closed?.at ?? 0) <= gate.longest, "seed \(seed)")
      for host in 0..<hosts { #expect(watched.times(of: host).count <= checks, "seed \(seed)") }
      #expect((watched.closed?.answer.verdict == .pass) || silent > 0, "seed \(seed)")
      if silent == 0 { #expect(watched.checks.count == hosts * checks, "seed \(seed)") }
      if silent > (gate.watch?.allow ?? 0) { #expect(watched.closed?.answer.verdict == .inconclusive, "seed \(seed)") }
    }
  }
}

extension DeployModel.Operation {
  /// Whether a watch, or a check function, asks for this operation in these tests.
  fileprivate var isCheck: Bool {
    switch self {
    case .check, .run: true
    default: false
    }
  }
}

/// A strategy that makes these decisions, and check functions: each asks its host once, or sleeps.
private final class WatchingScripts: Scripts {
  private var decisions: ArraySlice<Decision>
  private let asksHost: Bool
  private var checking: [ScriptID: Int] = [:]
  init(_ decisions: [Decision], asksHost: Bool = false) { (self.decisions, self.asksHost) = (decisions[...], asksHost) }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    if body.function == 9, case .host(let host) = subject { checking[script] = host }
  }
  func kill(_ script: ScriptID) {}
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    if case .cancel(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
    if let host = checking[script] {
      if case .begin = answer {
        return Step(.asked(asksHost ? .perform(.host(host), .run(Command(.shell("ready"))), timeout: nil) : .sleep(.minutes(5))))
      }
      return Step(.ended(.returned(.bool(true))))
    }
    return Step(decisions.popFirst().map { .asked(.decide($0)) } ?? .ended(.returned(.null)))
  }
}
