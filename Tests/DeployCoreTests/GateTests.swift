import DeployCore
import DeployModel
import Testing

@Suite("Gates")
struct GateTests {
  /// A deployment in which the test decides what happens next.
  private struct Stand {
    var conductor: Conductor
    var effects: [Effect] = []
    /// The timers of gates that have not rung. Timers of clean-ups and time limits are not listed.
    var timers: [(number: Int, after: Interval)] = []
    var reply: (Intent) -> Outcome?
    var open: [Intent] = []

    init(_ plan: Plan, _ scripts: any Scripts, lapse: Lapse? = nil, reply: @escaping (Intent) -> Outcome? = { _ in .done() }) {
      conductor = Conductor(plan: plan, scripts: scripts, lapse: lapse)
      self.reply = reply
      take(.started)
    }

    mutating func take(_ happening: Happening) {
      var queue = [happening]
      while !queue.isEmpty {
        for effect in conductor.take(queue.removeFirst()) {
          effects.append(effect)
          switch effect {
          case .perform(let intent):
            if let outcome = reply(intent) { queue.append(.finished(intent: intent.id, outcome)) } else { open.append(intent) }
          case .cancel(let intent): queue.append(.finished(intent: intent, .failed(.cancelled, "cancelled")))
          case .ring(let timer, let after): if after != Deadlines.grace { timers.append((timer, after)) }
          default: break
          }
        }
      }
    }

    /// Rings all timers of this length.
    mutating func ring(_ after: Interval) {
      let ringing = timers.filter { $0.after == after }
      timers.removeAll { $0.after == after }
      for timer in ringing { take(.rang(timer: timer.number)) }
    }

    /// Rings the last timer.
    mutating func ring() {
      if let timer = timers.popLast() { take(.rang(timer: timer.number)) }
    }

    mutating func say(_ kind: Message.Kind, gate: String? = nil, id: String = "m1") {
      take(.said(Message(id: id, kind, gate: gate, by: "kim@laptop", comment: "I looked", at: Timestamp(milliseconds: 5))))
    }

    var conclusion: Conclusion? { effects.lazy.compactMap { if case .conclude(let end) = $0 { end } else { nil } }.first }
    var notes: [Note] { effects.compactMap { if case .note(let note) = $0 { note } else { nil } } }
    var answers: [GateAnswer] { notes.compactMap { if case .gateClosed(_, let answer) = $0 { answer } else { nil } } }
    var opened: [Gate] { notes.compactMap { if case .gateOpened(_, let gate) = $0 { gate } else { nil } } }
    var waves: Int { notes.count { if case .waveBegan = $0 { true } else { false } } }
    var said: [String] { notes.compactMap { if case .answered(_, _, let words) = $0 { words } else { nil } } }
    var checks: Int { effects.count { if case .perform(let intent) = $0, case .check = intent.operation { true } else { false } } }
  }

  private func stand(
    _ decisions: [Decision], hosts: Int = 2, lapse: Lapse? = nil, catches: Bool = false, rollback: Bool = true,
    reply: @escaping (Intent) -> Outcome? = { _ in .done() }
  ) -> Stand {
    let own = plan(hosts: hosts, stages: [.rollout(Strategy(name: "own", function: 0))], rollback: rollback)
    return Stand(own, Deciding(decisions, catches: catches), lapse: lapse, reply: reply)
  }

  private let approval = Gate(.approval, name: "approve", message: "good?", time: .minutes(60))
  private let first = Decision.wave([0], parallel: nil)
  private let second = Decision.wave([1], parallel: nil)

  private func watch(_ checks: Int = 3, allow: Int = 0, undecided: Gate.Undecided = .ask, failing: Gate.Failing = .fail) -> Decision {
    .gate(
      Gate(
        .check, name: "watch", time: .seconds(20), watch: Watch(.check(.port(80)), every: .seconds(10), looks: checks, allow: allow),
        failing: failing, undecided: undecided))
  }

  // MARK: time and people

  @Test("a wait is a gate that passes when its time is over, and that promote passes early", arguments: [false, true])
  func time(promoted: Bool) {
    var stand = stand([first, .gate(Gate(.time, name: "wait", time: .minutes(10))), second])
    #expect(stand.waves == 1 && stand.timers.map(\.after) == [.minutes(10)])
    if promoted { stand.say(.promote) } else { stand.ring() }
    #expect(stand.conclusion?.status == .succeeded && stand.waves == 2)
    #expect(
      stand.answers == [
        promoted ? GateAnswer(.pass, by: "kim@laptop", comment: "I looked", at: Timestamp(milliseconds: 5)) : GateAnswer(.pass)
      ])
    if promoted { #expect(stand.said == ["Gate \"wait\" passed early by kim@laptop: I looked"]) }
    stand.ring()
    #expect(stand.answers.count == 1, "a timer of a closed gate rings for nobody")
  }

  @Test("an approval passes only by a person who approves, and continues with the next wave")
  func approved() {
    var stand = stand([first, .gate(approval), second])
    stand.say(.promote, id: "m0")
    let refusal = "promote (kim@laptop: I looked): gate \"approve\" waits for a person who approves, and is not passed by promote: "
    #expect(stand.said.count == 1 && stand.said[0].hasPrefix(refusal + "lander approve ") && stand.said[0].hasSuffix(" 1"))
    stand.say(.approve, gate: "latency", id: "m1")
    #expect(stand.said.last == "approve (kim@laptop: I looked): there is no open gate \"latency\"; the open one is 1, \"approve\"")
    #expect(stand.waves == 1 && stand.answers.isEmpty)
    stand.say(.approve, gate: "approve", id: "m2")
    #expect(stand.conclusion?.status == .succeeded && stand.waves == 2)
    #expect(stand.answers.map(\.by) == ["kim@laptop"])
  }

  @Test("an approval that names who may approve passes with the last signed answer that it asks for, and each of them counts once")
  func signed() {
    let asked = Gate(.approval, name: "go", time: .minutes(60), from: ["kim@example.com", "ann@example.com", "lee@example.com"], count: 2)
    var stand = stand([first, .gate(asked), second])
    func say(_ signer: String?, signature: String? = "sig", id: String, at: Int) {
      var message = Message(id: id, .approve, gate: "go", by: "desk", comment: "ok \(at)", at: Timestamp(milliseconds: at))
      (message.signature, message.signer) = (signature, signer)
      stand.take(.said(message))
    }
    say(nil, signature: nil, id: "m1", at: 1)
    #expect(stand.said.last?.hasSuffix("gate \"go\" takes signed answers only: lander approve d1 1 --key FILE") == true, "\(stand.said)")
    say(nil, id: "m2", at: 2)
    #expect(stand.said.last?.contains("nobody whom allowed_signers of the deployment names signed this answer to gate \"go\"") == true)
    say("mallory@example.com", id: "m3", at: 3)
    #expect(stand.said.last?.contains("mallory@example.com is not one of those who may approve gate \"go\": kim@example.com, ann@") == true)
    say("kim@example.com", id: "m4", at: 4)
    #expect(stand.said.last == "Gate \"go\" approved by kim@example.com (1 of 2), signed, as desk: ok 4")
    say("kim@example.com", id: "m5", at: 5)
    #expect(stand.said.last?.hasSuffix("kim@example.com has approved gate \"go\" already; it has 1 of 2") == true)
    #expect(stand.waves == 1 && stand.answers.isEmpty)
    say("ann@example.com", id: "m6", at: 6)
    #expect(stand.conclusion?.status == .succeeded && stand.waves == 2)
    let each = [("kim@example.com", 4), ("ann@example.com", 6)].map { name, at in
      SignedApproval(by: name, comment: "ok \(at)", at: Timestamp(milliseconds: at))
    }
    #expect(
      stand.answers == [
        GateAnswer(
          .pass, by: "kim@example.com and ann@example.com", comment: "ok 4; ok 6", at: Timestamp(milliseconds: 6), signed: each)
      ])
  }

  @Test("an approval that is rejected, or that nobody answers in time, fails the deployment, and hosts go back", arguments: [false, true])
  func closed(rejected: Bool) {
    var stand = stand([first, .gate(approval), second])
    if rejected { stand.say(.reject) } else { stand.ring() }
    #expect(stand.conclusion?.status == .failed && stand.conclusion?.rollback == [0] && stand.waves == 1)
    #expect(stand.conclusion?.error?.failure.kind == .rejected)
    let message = rejected ? "kim@laptop rejected \"approve\": I looked" : "gate \"approve\" failed: nobody answered within 1 h"
    #expect(stand.conclusion?.error?.failure.message == message)
  }

  @Test("a pause of the strategy waits for a resume, and for nothing else")
  func pause() {
    var stand = stand([first, .gate(Gate(.pause, name: "pause", time: .minutes(60))), second])
    stand.say(.approve, id: "m0")
    stand.say(.promote, id: "m1")
    #expect(stand.waves == 1 && stand.answers.isEmpty)
    stand.say(.resume, id: "m2")
    #expect(stand.conclusion?.status == .succeeded && stand.answers.map(\.by) == ["kim@laptop"])
  }

  @Test("an answer without an open gate is refused with a sentence")
  func noGate() {
    var stand = stand([.wave([0], parallel: nil)], reply: { if case .stage = $0.operation { nil } else { .done() } })
    stand.say(.approve, id: "m0")
    stand.say(.reject, gate: "canary", id: "m1")
    #expect(
      stand.said == [
        "approve (kim@laptop: I looked): there is no open gate", "reject (kim@laptop: I looked): there is no open gate \"canary\"",
      ])
  }

  // MARK: checks

  @Test("a watch checks the hosts that have the release, again and again, and passes when no check failed")
  func watched() {
    var stand = stand([first, watch(), second])
    #expect(stand.opened.first?.watch?.hosts == [0])
    #expect(stand.checks == 1 && stand.timers.map(\.after) == [.seconds(10)])
    stand.ring()
    #expect(stand.checks == 2 && stand.answers.isEmpty)
    stand.ring()
    #expect(stand.checks == 3 && stand.answers == [GateAnswer(.pass)] && stand.conclusion?.status == .succeeded)
  }

  @Test("a watch that finds more bad than it allows fails the deployment at once", arguments: [0, 1])
  func unfit(allow: Int) {
    var stand = stand([first, watch(5, allow: allow), second]) { intent in
      if case .check = intent.operation { .failed(.unhealthy, "port 80 is closed") } else { .done() }
    }
    for _ in 0..<allow { stand.ring() }
    #expect(stand.checks == allow + 1 && stand.waves == 1)
    #expect(stand.conclusion?.status == .failed && stand.conclusion?.rollback == [0])
    #expect(stand.conclusion?.error?.failure.kind == .unfit)
    #expect(stand.conclusion?.error?.failure.message.hasPrefix("the watch \"watch\" failed: h0: port 80 is closed") == true)
  }

  @Test(
    "hosts that give no answer make a watch inconclusive: a person is asked, or it counts as the recipe says",
    arguments: [
      Gate.Undecided.ask, .fail, .pass,
    ])
  func inconclusive(undecided: Gate.Undecided) {
    var stand = stand([first, watch(1, undecided: undecided), second]) { intent in
      if case .check = intent.operation { .failed(.unreachable, "no route") } else { .done() }
    }
    switch undecided {
    case .ask:
      #expect(stand.opened.map(\.kind) == [.check, .approval] && stand.opened.map(\.name) == ["watch", "watch"])
      #expect(stand.opened.last?.message == "nobody can tell: no answer from h0: no route" && stand.opened.last?.time == Deadlines.approval)
      stand.say(.approve)
      #expect(stand.conclusion?.status == .succeeded && stand.answers.map(\.verdict) == [.inconclusive, .pass])
    case .fail: #expect(stand.conclusion?.error?.failure.kind == .unfit)
    case .pass: #expect(stand.conclusion?.status == .succeeded)
    }
  }

  @Test("an inconclusive watch that nobody answers fails closed")
  func inconclusiveDeadline() {
    var stand = stand([first, watch(1), second]) { intent in
      if case .check = intent.operation { .failed(.unreachable, "no route") } else { .done() }
    }
    stand.ring()
    #expect(stand.conclusion?.status == .failed && stand.conclusion?.error?.failure.kind == .rejected && stand.waves == 1)
  }

  @Test("a watch before any host has the release can tell nothing")
  func nothing() {
    let stand = stand([watch(undecided: .fail), first, second])
    #expect(stand.conclusion?.error?.failure.message.contains("no host has the release yet") == true)
    #expect(stand.checks == 0 && stand.waves == 0)
  }

  @Test("a watch that would fill the journal is refused before it begins")
  func most() {
    let gate = Gate(
      .check, name: "watch", time: .minutes(60), watch: Watch(.check(.port(80)), hosts: Array(0..<40), every: .seconds(1), looks: 3601))
    let stand = stand([.gate(gate)], hosts: 40)
    #expect(stand.checks == 0 && stand.opened.isEmpty)
    #expect(stand.conclusion?.error?.failure.message == "the watch \"watch\" would make 144040 checks, and 100000 is the most")
  }

  @Test("checks that are under way are dropped when the gate closes early")
  func dropped() {
    var stand = stand([first, watch(), second]) { intent in if case .check = intent.operation { nil } else { .done() } }
    #expect(stand.open.count == 1)
    stand.say(.promote)
    #expect(stand.effects.contains { if case .cancel(let intent) = $0 { intent == stand.open[0].id } else { false } })
    #expect(stand.conclusion?.status == .succeeded)
  }

  @Test("a check function that takes too long is ended, and the host counts as bad")
  func slow() {
    let watch = Watch(.function(9), every: .seconds(10), looks: 2, limit: .seconds(3))
    var stand = stand([first, .gate(Gate(.check, name: "watch", time: .seconds(10), watch: watch)), second])
    #expect(stand.timers.map(\.after).contains(.seconds(3)) && stand.answers.isEmpty)
    stand.ring(.seconds(3))
    #expect(stand.conclusion?.error?.failure.message.contains("h0: the function was not done within 3 s") == true)
  }

  // MARK: what a failed gate means

  @Test("after a failed gate every further decision is refused, whatever the strategy catches")
  func caught() {
    var stand = stand([first, .gate(approval), second, .gate(approval), second], catches: true)
    stand.say(.reject)
    #expect(stand.waves == 1 && stand.opened.count == 1)
    #expect(stand.conclusion?.status == .failed && stand.conclusion?.hosts == [.succeeded, .pending])
  }

  @Test("a strategy that asks for ever what is refused is ended")
  func forever() {
    var stand = stand([first, .gate(approval)] + Array(repeating: second, count: 10_000), catches: true)
    stand.say(.reject)
    #expect(stand.conclusion?.status == .failed && stand.waves == 1)
    #expect(stand.opened.count == 1)
  }

  @Test("a gate that only says so leaves a failure to the strategy")
  func returned() {
    var gate = approval
    gate.failing = .return
    var stand = stand([first, .gate(gate), second])
    stand.say(.reject)
    #expect(stand.conclusion?.status == .succeeded && stand.answers.map(\.verdict) == [.fail] && stand.waves == 2)
  }

  @Test("a cancel closes the gate that is open, and the deployment ends", arguments: [false, true])
  func cancelled(checking: Bool) {
    var stand = stand([first, checking ? watch() : .gate(approval), second])
    stand.say(.cancel)
    #expect(stand.conclusion?.status == .cancelled && stand.conclusion?.rollback == [0])
    #expect(stand.answers.map(\.verdict) == [.inconclusive])
  }

  @Test("hosts that are ready undo their segments when a gate fails")
  func ready() {
    var stand = stand([.wave([0, 1], parallel: nil, upto: .validate), .gate(approval), .wave([0, 1], parallel: nil)])
    stand.say(.reject)
    #expect(stand.conclusion?.status == .failed && stand.conclusion?.rollback == [])
    for status in stand.conclusion?.hosts ?? [] { if case .restored = status {} else { #expect(Bool(false), "\(status)") } }
  }

  // MARK: stopping

  @Test("a rollout that is stopped on purpose ends as partial: changed hosts stay, the others keep what they run")
  func stopped() {
    let stand = stand([first, .stop(reason: "the rest on Monday"), second])
    #expect(stand.conclusion == Conclusion(status: .partial, hosts: [.succeeded, .pending]))
    #expect(stand.notes.contains(.stopped(reason: "the rest on Monday", left: [1])) && stand.waves == 1)
  }

  @Test("a rollout is not stopped while hosts are ready: they would stay out of service")
  func stoppedReady() {
    let stand = stand([.wave([0], parallel: nil, upto: .start), .stop(reason: "enough")])
    #expect(stand.conclusion?.status == .failed)
    #expect(stand.conclusion?.error?.failure.message == "rollout:stop with 1 ready host would leave them out of service")
  }
}

/// A strategy that makes these decisions in order. If it `catches`, it continues after errors.
final class Deciding: Scripts {
  private var decisions: ArraySlice<Decision>
  private let catches: Bool
  /// Running check functions. They sleep until they are ended.
  private var sleeping: [ScriptID] = []
  init(_ decisions: [Decision], catches: Bool = false) {
    self.decisions = decisions[...]
    self.catches = catches
  }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) { if body.function == 9 { sleeping.append(script) } }
  func kill(_ script: ScriptID) { decisions = [] }
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    if sleeping.contains(script) {
      if case .cancel(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
      return Step(.asked(.sleep(.minutes(5))))
    }
    if !catches {
      switch answer {
      case .cancel(let failure), .refused(let failure): return Step(.ended(.raised(ScriptError(failure))))
      default: break
      }
    }
    guard let next = decisions.popFirst() else { return Step(.ended(.returned(.null))) }
    return Step(.asked(.decide(next)))
  }
}
