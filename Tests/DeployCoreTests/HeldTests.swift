import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Tests what a pause delays, and what continues to its end.
@Suite("Held by a pause")
struct HeldTests {
  /// A deployment in which the test decides when an operation ends, a timer rings and a message arrives. Function 0 is the strategy.
  private struct Stand {
    private var conductor: Conductor
    private(set) var notes: [Note] = []
    private(set) var timers: [(number: Int, after: Interval)] = []
    /// The commands that have begun. `open` has those that have not ended.
    private(set) var lines: [String] = []
    private(set) var open: [(intent: Int, line: String)] = []
    private(set) var conclusion: Conclusion?
    private let waits: (String) -> Bool

    init(
      _ bodies: [[Request]], stages: [Stage]? = nil, rules: Plan.Flow.Rules? = .newest, lapse: Lapse? = nil,
      waits: @escaping (String) -> Bool = { _ in false }
    ) {
      let traffic = TrafficAdapter(pools: ["blue", "green"], read: 1, weight: 2)
      let strategy = Strategy(name: "own", function: 0, traffic: traffic)
      let own = plan(hosts: 2).edited { ($0.stages, $0.rules) = (stages ?? [.rollout(strategy)], rules) }
      conductor = Conductor(plan: own, scripts: Reading(bodies), lapse: lapse)
      self.waits = waits
      take(.started)
    }

    mutating func take(_ happening: Happening) {
      var queue = [happening]
      while !queue.isEmpty {
        for effect in conductor.take(queue.removeFirst()) {
          switch effect {
          case .perform(let intent):
            let line: String? =
              switch intent.operation {
              case .run(let command): command.line
              case .check: "check"
              default: nil
              }
            if let line { lines.append(line) }
            if let line, waits(line) { open.append((intent.id, line)) } else { queue.append(.finished(intent: intent.id, .done())) }
          case .cancel(let intent): if ends(intent) { queue.append(.finished(intent: intent, .failed(.cancelled, "cancelled"))) }
          case .ring(let timer, let after): timers.append((timer, after))
          case .note(let note): notes.append(note)
          case .conclude(let end): conclusion = end
          default: break
          }
        }
      }
    }

    private mutating func ends(_ intent: Int) -> Bool {
      let isOpen = open.contains { $0.intent == intent }
      open.removeAll { $0.intent == intent }
      return isOpen
    }

    mutating func end(_ line: String) {
      guard let one = open.first(where: { $0.line == line }), ends(one.intent) else { return }
      take(.finished(intent: one.intent, .done()))
    }

    mutating func ring(_ after: Interval) {
      let ringing = timers.filter { $0.after == after }
      timers.removeAll { $0.after == after }
      for timer in ringing { take(.rang(timer: timer.number)) }
    }

    mutating func say(_ kind: Message.Kind) {
      take(.said(Message(id: "\(kind.rawValue)", kind, by: "kim@laptop", at: Timestamp(milliseconds: 5))))
    }

    var isStopped: Bool { notes.contains { if case .stopped = $0 { true } else { false } } }
    var waves: Int { notes.count { if case .waveBegan = $0 { true } else { false } } }
    var opened: Int { notes.count { if case .gateOpened = $0 { true } else { false } } }
    var shifts: Int { notes.count { if case .shifted = $0 { true } else { false } } }
  }

  private static func here(_ line: String) -> Request { .perform(.engine, .run(Command(.shell(line))), timeout: nil) }
  private static let wait = Request.decide(.gate(Gate(.time, name: "wait", time: .minutes(10))))
  private static let ask = Gate(.approval, name: "approve", time: .minutes(60))
  private static let green = Weights([.init("green", 100)])!
  private static let adapter = [[here("read")], [here("set")]]

  /// Requests that a strategy may make after a wave and a wait, each with a function that tells whether the request has begun.
  private static let asked: [(Request, @Sendable (Stand) -> Bool)] = [
    (.decide(.wave([1], parallel: nil)), { $0.waves == 2 }),
    (.decide(.gate(ask)), { $0.opened == 2 }),
    (.decide(.shift(green)), { $0.lines.contains("read") || $0.shifts > 0 }),
    (.decide(.stop(reason: "enough")), { $0.isStopped }),
    (here("smoke"), { $0.lines.contains("smoke") }),
    (.perform(.host(0), .run(Command(.shell("warm"))), timeout: nil), { $0.lines.contains("warm") }),
    (.spawn([Body(recipe: 0, function: 3)], limit: 1, keepGoing: false), { $0.lines.contains("child") }),
    (.within(.minutes(1), Body(recipe: 0, function: 3)), { $0.lines.contains("child") }),
  ]

  @Test("while it is paused nothing that a strategy asks for begins, until somebody resumes it", arguments: 0..<8)
  func held(_ number: Int) {
    let (request, hasBegun) = Self.asked[number]
    func stand(_ rules: Plan.Flow.Rules? = .newest, _ lapse: Lapse? = nil) -> Stand {
      let bodies: [[Request]] = [[.decide(.wave([0], parallel: nil)), Self.wait, request]] + Self.adapter + [[Self.here("child")]]
      var stand = Stand(bodies, rules: rules, lapse: lapse)
      stand.say(.pause)
      stand.ring(.minutes(10))
      return stand
    }
    var paused = stand()
    #expect(!hasBegun(paused) && paused.conclusion == nil)
    paused.say(.resume)
    #expect(hasBegun(paused))
    var cancelled = stand()
    cancelled.say(.cancel)
    #expect(!hasBegun(cancelled) && cancelled.conclusion?.status == .cancelled)
    #expect(hasBegun(stand(.first, .pauseIgnored)))
    // All versions delayed a wave in a pause, but later requests were delayed only by newer rules.
    #expect(hasBegun(stand(nil)) == (number != 0))
  }

  @Test("a stage's function and its condition wait, too", arguments: [false, true])
  func stage(asksFirst: Bool) {
    let stage = Stage.script(name: "smoke", summary: "", function: 1, when: asksFirst ? 0 : nil, place: nil)
    var stand = Stand(Array(repeating: [Self.here("first"), Self.here("second")], count: 2), stages: [stage]) { $0 == "first" }
    stand.say(.pause)
    stand.end("first")
    #expect(stand.lines == ["first"])
    stand.say(.resume)
    #expect(stand.lines == ["first", "second"])
  }

  @Test("the time of a within stands still while a pause holds what is in it")
  func within() {
    let bodies: [[Request]] = [[.within(.minutes(1), Body(recipe: 0, function: 1)), .decide(.wave([0, 1], parallel: nil))]]
    var stand = Stand(bodies + [[Self.here("first"), Self.here("second")]]) { $0 != "-" }
    stand.say(.pause)
    stand.end("first")
    stand.ring(.minutes(1))
    #expect(stand.conclusion == nil && stand.lines == ["first"])
    stand.say(.resume)
    #expect(stand.lines == ["first", "second"] && stand.timers.contains { $0.after == .minutes(1) })
    stand.ring(.minutes(1))
    #expect(stand.conclusion?.status == .failed && stand.conclusion?.error?.failure.kind == .timeout)
  }

  @Test("a watch begins no check while it is paused, and makes all of its checks afterwards")
  func checks() {
    let watch = Gate(.check, name: "watch", time: .minutes(1), watch: Watch(.check(.port(80)), every: .seconds(20), looks: 3))
    var stand = Stand([[.decide(.wave([0], parallel: nil)), .decide(.gate(watch)), .decide(.wave([1], parallel: nil))]])
    stand.say(.pause)
    stand.ring(.seconds(20))
    #expect(stand.lines == ["check"])
    stand.say(.resume)
    #expect(stand.lines == ["check", "check"])
    stand.ring(.seconds(20))
    #expect(stand.lines.count == 3 && stand.conclusion?.status == .succeeded)
  }

  @Test("weights that were read before a pause are not set during it, and are read again after it")
  func shift() {
    let bodies: [[Request]] = [[.decide(.wave([0, 1], parallel: nil)), .decide(.shift(Self.green))]] + Self.adapter
    var stand = Stand(bodies) { $0 == "read" }
    stand.say(.pause)
    stand.end("read")
    #expect(stand.lines == ["read"])
    stand.say(.resume)
    #expect(stand.lines == ["read", "read"])
    stand.end("read")
    #expect(stand.lines == ["read", "read", "set", "read"])

    var old = Stand(bodies, rules: .fifth) { $0 == "read" }
    old.say(.pause)
    old.end("read")
    old.say(.resume)
    #expect(old.lines == ["read", "set"] && old.shifts == 1 && old.conclusion?.status == .succeeded)
  }

  @Test("a strategy that gives up during a pause is not held: hosts go back at once")
  func givesUp() {
    var stand = Stand([[.decide(.wave([0], parallel: nil)), Self.wait, .decide(.rollback(reason: "too slow"))]])
    stand.say(.pause)
    stand.ring(.minutes(10))
    #expect(stand.conclusion?.status == .failed && stand.conclusion?.rollback == [0])
  }
}

/// Functions that are lists of requests; function 1 reads weights.
private final class Reading: Scripts {
  private let lists: ListScripts
  private var readers: [ScriptID] = []
  init(_ bodies: [[Request]]) { lists = ListScripts(bodies) }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    if case .traffic = subject { readers.append(script) }
    lists.start(script, body, on: subject)
  }
  func kill(_ script: ScriptID) { lists.kill(script) }
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    let step = lists.step(script, answer)
    guard readers.contains(script), case .ended(.returned) = step.next else { return step }
    return Step(.ended(.returned(Weights([.init("blue", 100), .init("green", 0)])!.value)))
  }
}
