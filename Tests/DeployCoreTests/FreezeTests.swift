import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

@Suite("Freeze windows of a running deployment")
struct FreezeTests {
  private static func minutes(_ count: Int) -> Timestamp { Timestamp(milliseconds: count * 60_000) }
  private static func freeze(_ from: Int, _ until: Int) -> Freeze {
    Freeze(from: minutes(from), until: minutes(until), name: "weekend", begin: "Fri 15:00", end: "Mon 08:00 UTC")
  }

  /// A deployment of two waves, planned at minute 0. The test decides which timer rings.
  private struct Stand {
    var conductor: Conductor
    var notes: [Note] = []
    var timers: [(number: Int, after: Interval)] = []
    var conclusion: Conclusion?

    init(
      _ times: [Freeze], override: String? = nil, kind: Plan.Kind = .deploy, strategy: Bool = true, lapse: Lapse? = nil,
      bake: Interval = .minutes(30)
    ) {
      let stages: [Stage] = strategy ? [.rollout(Strategy(name: "own", function: 0))] : [.rollout(nil)]
      var draft = PlanDraft(plan(hosts: 2, stages: stages))
      draft.kind = kind
      draft.freeze = Freeze.Rule(times, override: override)
      let scripts = Deciding([
        .wave([0], parallel: nil), .gate(Gate(.time, name: "wait", time: bake)), .wave([1], parallel: nil),
      ])
      conductor = Conductor(plan: draft.plan, scripts: scripts, lapse: lapse)
      take(.started)
    }

    mutating func take(_ happening: Happening) {
      var queue = [happening]
      while !queue.isEmpty {
        for effect in conductor.take(queue.removeFirst()) {
          switch effect {
          case .perform(let intent): queue.append(.finished(intent: intent.id, .done()))
          case .ring(let timer, let after): if after != Deadlines.grace { timers.append((timer, after)) }
          case .note(let note): notes.append(note)
          case .conclude(let end): conclusion = end
          default: break
          }
        }
      }
    }

    mutating func ring(_ after: Interval) {
      guard let index = timers.firstIndex(where: { $0.after == after }) else {
        Issue.record("no timer of \(after): \(timers)")
        return
      }
      take(.rang(timer: timers.remove(at: index).number))
    }

    mutating func say(_ kind: Message.Kind, _ comment: String = "", number: Int? = nil) {
      var message = Message(id: "m\(notes.count)", kind, by: "kim@laptop", comment: comment, at: Timestamp(milliseconds: 5))
      message.number = number
      take(.said(message))
    }

    var waves: Int { notes.count { if case .waveBegan = $0 { true } else { false } } }
    var opened: [Gate] { notes.compactMap { if case .gateOpened(_, let gate) = $0 { gate } else { nil } } }
    var answers: [GateAnswer] { notes.compactMap { if case .gateClosed(_, let answer) = $0 { answer } else { nil } } }
    var remarks: [String] { notes.compactMap { if case .remark(let text) = $0 { text } else { nil } } }
  }

  @Test("a wave that comes up in a freeze waits at a time gate until the freeze is over, and what was under way came to its end")
  func held() {
    var stand = Stand([Self.freeze(10, 100)])
    #expect(stand.waves == 1 && stand.timers.map(\.after).contains(.minutes(10)))
    stand.ring(.minutes(10))
    #expect(stand.remarks.last == "the freeze \"weekend\" begins: no further wave begins before Mon 08:00 UTC")
    stand.ring(.minutes(30))
    #expect(stand.waves == 1 && stand.opened.last?.name == "freeze" && stand.opened.last?.kind == .time && stand.conclusion == nil)
    stand.ring(.minutes(90))
    #expect(stand.waves == 2 && stand.conclusion?.status == .succeeded)
    #expect(stand.answers.last == GateAnswer(.pass, comment: "the freeze is over"))
  }

  @Test("a rollout without a strategy waits too, and a lapse of the rule would show")
  func plain() {
    var stand = Stand([Self.freeze(-5, 60)], strategy: false)
    #expect(stand.waves == 0 && stand.opened.count == 1)
    stand.ring(.minutes(60))
    #expect(stand.waves == 1 && stand.conclusion?.status == .succeeded)
    #expect(Stand([Self.freeze(-5, 60)], strategy: false, lapse: .freezeIgnored).conclusion?.status == .succeeded)
  }

  @Test("a freeze that ends before the next wave holds nothing")
  func over() {
    var stand = Stand([Self.freeze(10, 20)])
    stand.ring(.minutes(10))
    stand.ring(.minutes(10))
    stand.ring(.minutes(30))
    #expect(stand.waves == 2 && stand.conclusion?.status == .succeeded && stand.opened.map(\.name) == ["wait"])
  }

  @Test("promote lets the wave begin before the end, for the whole freeze, with a reason only")
  func promoted() {
    var stand = Stand([Self.freeze(-5, 600)])
    #expect(stand.waves == 0)
    stand.say(.promote, number: 1)
    #expect(stand.waves == 0 && stand.notes.contains { $0.refusal?.contains("is passed with a reason only: lander promote d1 1") == true })
    stand.say(.promote, "the shop is down", number: 1)
    #expect(stand.waves == 1 && stand.answers.last?.by == "kim@laptop" && stand.answers.last?.comment == "the shop is down")
    stand.ring(.minutes(30))
    #expect(stand.waves == 2 && stand.conclusion?.status == .succeeded)
  }

  @Test(
    "reject at the gate of a freeze fails the deployment, and cancel ends it, before a wave began",
    arguments: [Message.Kind.reject, .cancel])
  func ended(_ kind: Message.Kind) {
    for strategy in [true, false] {
      var stand = Stand([Self.freeze(-5, 600)], strategy: strategy)
      stand.say(kind, "not today", number: kind == .reject ? 1 : nil)
      #expect(stand.waves == 0 && stand.conclusion?.status == (kind == .reject ? .failed : .cancelled), "\(stand.conclusion as Any)")
      #expect(stand.answers.count == 1)
    }
  }

  @Test("a pause in a freeze holds the wave until both are over", arguments: [true, false])
  func paused(_ freezeFirst: Bool) {
    var stand = Stand([Self.freeze(-5, 60)])
    stand.say(.pause)
    if freezeFirst { stand.ring(.minutes(60)) } else { stand.say(.resume) }
    #expect(stand.waves == 0)
    if freezeFirst { stand.say(.resume) } else { stand.ring(.minutes(60)) }
    #expect(stand.waves == 1)
  }

  @Test("a rollback is never held, and an override is said with who and why and holds nothing")
  func free() {
    let back = Stand([Self.freeze(-5, 600)], kind: .rollback(of: nil), strategy: false)
    #expect(back.conclusion?.status == .succeeded && back.opened.isEmpty)
    let set = Stand([Self.freeze(-5, 600)], override: "the shop is down", strategy: false)
    #expect(set.conclusion?.status == .succeeded)
    #expect(set.remarks.first == "the freeze \"weekend\", until Mon 08:00 UTC, is set aside by a@b: the shop is down")
  }
}

extension Note {
  /// The reason why a message was refused; nil: this note is no refusal.
  fileprivate var refusal: String? { if case .answered(_, false, let words) = self { words } else { nil } }
}
