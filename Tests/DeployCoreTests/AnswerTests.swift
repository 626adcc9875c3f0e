import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// An answer counts only for the gate or pause that was open when it was sent.
@Suite("Answers to gates")
struct AnswerTests {
  /// A deployment with two gates, each after a wave.
  private struct Stand {
    private var conductor: Conductor
    private(set) var notes: [Note] = []
    private(set) var conclusion: Conclusion?
    private(set) var awaited = Awaited()

    init(_ kind: Gate.Kind, names: [String], rules: Plan.Flow.Rules? = .newest) {
      let gates = names.map { Request.decide(.gate(Gate(kind, name: $0, time: .minutes(60)))) }
      let body: [Request] = [.decide(.wave([0], parallel: nil)), gates[0], gates[1], .decide(.wave([1], parallel: nil))]
      let own = plan(hosts: 2, stages: [.rollout(Strategy(name: "own", function: 0))]).edited { $0.rules = rules }
      conductor = Conductor(plan: own, scripts: ListScripts([body]))
      take(.started)
    }

    mutating func take(_ happening: Happening) {
      var queue = [happening]
      while !queue.isEmpty {
        for effect in conductor.take(queue.removeFirst()) {
          switch effect {
          case .perform(let intent): queue.append(.finished(intent: intent.id, .done()))
          case .note(let note):
            notes.append(note)
            awaited.take(.noted(note))
          case .conclude(let end): conclusion = end
          default: break
          }
        }
      }
    }

    /// Returns a message as somebody would type it now.
    func typed(_ kind: Message.Kind, gate: String? = nil, by: String = "kim@laptop") -> Message {
      var message = Message(id: "m\(notes.count)-\(by.first ?? "-")", kind, gate: gate, by: by, at: Timestamp(milliseconds: 5))
      message.means(awaited)
      return message
    }

    var last: String? { notes.compactMap { if case .answered(_, _, let words) = $0 { words } else { nil } }.last }
    var accepted: [Bool] { notes.compactMap { if case .answered(_, let accepted, _) = $0 { accepted } else { nil } } }
    var closed: Int { notes.count { if case .gateClosed = $0 { true } else { false } } }
  }

  @Test(
    "of two people who answer the same gate the second is told that it is closed, and the next gate stays open",
    arguments: [Message.Kind.approve, .promote, .reject])
  func twice(_ kind: Message.Kind) {
    for names in [["canary", "billing"], ["approve", "approve"]] {
      var stand = Stand(kind == .promote ? .time : .approval, names: names)
      let first = stand.typed(kind == .reject ? .approve : kind)
      let (second, named) = (stand.typed(kind, by: "lee@ci"), stand.typed(kind, gate: names[0], by: "max@ci"))
      for message in [first, second, named] { stand.take(.said(message)) }
      #expect(stand.accepted == [true, false, false] && stand.closed == 1 && stand.conclusion == nil)
      let words = "it is for gate 1, \"\(names[0])\", which is closed; the open one is 2, \"\(names[1])\""
      #expect(stand.last == "\(kind.rawValue) (max@ci): \(words)")
      stand.take(.said(stand.typed(kind == .reject ? .approve : kind)))
      #expect(stand.conclusion?.status == .succeeded)
    }
  }

  @Test("what was sent when no gate was open, and what says no gate at all, passes none")
  func none() {
    var early = Stand(.approval, names: ["canary", "billing"])
    var message = Message(id: "m1", .approve, by: "kim@laptop", at: Timestamp(milliseconds: 5))
    message.means(Awaited())
    early.take(.said(message))
    #expect(early.last == "approve (kim@laptop): no gate was open when it was sent; the open one is 1, \"canary\"")
    (message.id, message.number) = ("m2", nil)
    early.take(.said(message))
    #expect(
      early.last == "approve (kim@laptop): it does not say which gate it is for; the open one is 1, \"canary\": lander approve d1 1")
    #expect(early.closed == 0)
    (message.id, message.gate) = ("m3", "1")
    early.take(.said(message))
    #expect(early.closed == 1)
    // A deployment that an older version began keeps its old rules.
    var old = Stand(.approval, names: ["canary", "billing"], rules: nil)
    old.take(.said(Message(id: "m1", .approve, by: "kim@laptop", at: Timestamp(milliseconds: 5))))
    #expect(old.closed == 1)
  }

  @Test("a resume ends the pause that its sender saw, and no other pause or gate")
  func resume() {
    var stand = Stand(.pause, names: ["pause", "pause"])
    let gate = stand.typed(.resume)
    stand.take(.said(stand.typed(.pause)))
    let pause = stand.typed(.resume, by: "lee@ci")
    stand.take(.said(gate))
    #expect(stand.closed == 1 && stand.awaited.pause != nil, "a resume of the gate leaves the pause")
    stand.take(.said(pause))
    #expect(stand.closed == 1 && stand.awaited.pause == nil)
    let late = Message(id: "late", .resume, by: "max@ci", at: Timestamp(milliseconds: 5))
    var twice = late
    (twice.pause, twice.number) = (pause.pause, 0)
    stand.take(.said(twice))
    #expect(stand.closed == 1)
    #expect(stand.last == "not resumed (max@ci): the pause that it is for is over; gate 2, \"pause\", is open")
    stand.take(.said(stand.typed(.pause)))
    twice.id = "late2"
    stand.take(.said(twice))
    #expect(stand.last == "not resumed (max@ci): the pause that it is for is over; it is paused by kim@laptop now")
    #expect(stand.awaited.pause != nil)
  }

  @Test("a deployment that a newer one overtook while it waits ends at once, touches nothing more, and hears no answer")
  func overtaken() {
    var stand = Stand(.approval, names: ["canary", "billing"])
    let answer = stand.typed(.approve)
    stand.take(.overtaken(Failure(.fenced, "h0: a newer deployment took the lock")))
    #expect(stand.conclusion?.status == .failed && stand.conclusion?.error?.failure.kind == .fenced)
    let count = stand.notes.count
    stand.take(.said(answer))
    #expect(stand.notes.count == count && stand.closed == 0)
  }

  @Test("what a deployment waits for is one line, and nothing else is")
  func line() {
    for awaited in [Awaited(), Awaited(gate: 2, kind: .approval), Awaited(gate: 1, kind: .pause, pause: "m1")] {
      #expect(Awaited(line: awaited.line) == awaited)
    }
    for bad in ["", "1", "1 approval", "0 approval -", "1 - -", "-1 time -", "1 approval M;", "1 nothing -", "1 approval - -"] {
      #expect(Awaited(line: bad) == nil, "\(bad)")
    }
  }
}
