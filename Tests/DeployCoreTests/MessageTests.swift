import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("Messages")
struct MessageTests {
  private let pause = message("1", .pause, comment: "looks slow")
  private let resume = message("2", .resume)
  private let cancel = message("3", .cancel, comment: "wrong version")

  private static func message(_ id: String, _ kind: Message.Kind, by: String = "kim@laptop", comment: String = "") -> Message {
    Message(id: id, kind, by: by, comment: comment, at: Timestamp(milliseconds: 0))
  }

  /// Runs a plan. Each message arrives directly after the first operation with a given name, or when nothing is under way. Cancelled
  /// operations end as cancelled, and operations in `failing` fail.
  private struct Conversation {
    var verbs: [String] = []
    var answers: [String] = []
    var refused: [Message.ID] = []
    var notes: [Note] = []
    var conclusion: Conclusion?
    /// For each message, the number of operations that had begun before it.
    var before: [Int] = []

    init(
      _ plan: Plan, _ scripts: any Scripts, lapse: Lapse? = nil, rings: Bool = false, failing: [String] = [],
      _ messages: [(Message, after: String)]
    ) {
      var conductor = Conductor(plan: plan, scripts: scripts, lapse: lapse)
      var queue: [Happening] = [.started]
      var left = messages[...]
      while true {
        if queue.isEmpty {
          // Nothing is under way because of a pause, so the next message arrives now.
          guard let next = left.popFirst() else { return }
          before.append(verbs.count)
          queue.append(.said(next.0))
        }
        for effect in conductor.take(queue.removeFirst()) {
          switch effect {
          case .perform(let intent):
            let place: String = if case .host(let number) = intent.place { "\(number)" } else { "here" }
            verbs.append("\(place) \(intent.operation.verb)")
            if let next = left.first, next.after == verbs.last {
              left = left.dropFirst()
              before.append(verbs.count)
              queue.append(.said(next.0))
            }
            queue.append(.finished(intent: intent.id, failing.contains(verbs.last ?? "") ? .failed(.failed, "broken") : .done()))
          case .cancel(let intent): queue.append(.finished(intent: intent, .failed(.cancelled, "cancelled")))
          case .ring(let timer, let after): if rings, after == Deadlines.pause { queue.append(.rang(timer: timer)) }
          case .note(let note):
            notes.append(note)
            guard case .answered(let message, let accepted, let text) = note else { continue }
            answers.append(text)
            if !accepted { refused.append(message) }
          case .conclude(let end): conclusion = end
          default: break
          }
        }
      }
    }
  }

  @Test("a pause lets the hosts under way come to their end and begins no further one, until somebody resumes it")
  func pauses() {
    let p = plan(hosts: 3, parallel: 1, stages: [.rollout(nil)])
    let talk = Conversation(p, ListScripts([]), [(pause, after: "0 stage"), (resume, after: "-")])
    #expect(Array(talk.verbs.prefix(talk.before[1])) == ["0 lock", "1 lock", "2 lock", "0 stage", "0 activate", "0 record", "0 prune"])
    #expect(talk.conclusion?.status == .succeeded)
    #expect(
      talk.answers == [
        "Paused by kim@laptop: looks slow. Nothing new is begun, what runs comes to its end. "
          + "If nobody resumes it within 24 h, it is cancelled",
        "Resumed by kim@laptop",
      ])
    #expect(talk.refused == [] && talk.notes.contains(.paused(pause)) && talk.notes.contains(.paused(nil)))
  }

  @Test("paused before it has its locks or in the upload, it waits before the next stage or transfer", arguments: ["0 lock", "1 stage"])
  func early(after verb: String) {
    let p = plan(hosts: 60, parallel: 1)
    let talk = Conversation(p, ListScripts([]), [(pause, after: verb), (resume, after: "-")])
    #expect(talk.verbs.prefix(talk.before[1]).count { $0.hasSuffix("stage") } == (verb == "0 lock" ? 0 : 51))
    #expect(!talk.verbs.prefix(talk.before[1]).contains { $0.hasSuffix("activate") })
    #expect(talk.conclusion?.status == .succeeded)
  }

  @Test("a paused deployment hears a cancel, says who and why, and leaves hosts that were not begun", arguments: [true, false])
  func cancelled(strategy: Bool) {
    let scripts = ListScripts([[.decide(.wave([0, 1, 2], parallel: nil))]])
    let stages: [Stage] = [.rollout(strategy ? Strategy(name: "own", function: 0) : nil)]
    let p = plan(hosts: 3, parallel: 1, stages: stages)
    let talk = Conversation(p, scripts, [(pause, after: "0 stage"), (cancel, after: "-")])
    #expect(talk.conclusion?.status == .cancelled)
    #expect(talk.conclusion?.error?.failure.message == "kim@laptop: wrong version")
    #expect(talk.conclusion?.hosts == [.succeeded, .pending, .pending] && talk.conclusion?.rollback == [0])
    #expect(talk.verbs.suffix(2) == ["1 unlock", "2 unlock"])
  }

  @Test("a pause that nobody ends is cancelled when it has lasted too long")
  func deadline() {
    let p = plan(hosts: 2, parallel: 1, stages: [.rollout(nil)])
    let talk = Conversation(p, ListScripts([]), rings: true, [(pause, after: "0 stage")])
    #expect(talk.conclusion?.status == .cancelled)
    #expect(
      talk.conclusion?.error?.failure.message == "paused by kim@laptop: looks slow, and nobody resumed it within \(Deadlines.pause)")
  }

  @Test("a pause holds the end of the deployment too: it can still be cancelled after the last host")
  func last() {
    let p = plan(hosts: 1, parallel: 1, stages: [.rollout(nil)])
    let held = Conversation(p, ListScripts([]), [(pause, after: "0 stage"), (cancel, after: "-")])
    #expect(held.verbs.prefix(held.before[1]).last == "0 prune")
    #expect(held.conclusion?.status == .cancelled && held.conclusion?.rollback == [0])
    let resumed = Conversation(p, ListScripts([]), [(pause, after: "0 stage"), (resume, after: "-")])
    #expect(resumed.verbs.last == "0 unlock" && resumed.conclusion?.status == .succeeded)
  }

  @Test("a deployment that fails while it is paused comes to its end, and its pause is over")
  func failing() {
    let p = plan(hosts: 3, parallel: 1, stages: [.rollout(nil)])
    let talk = Conversation(p, ListScripts([]), failing: ["0 activate"], [(pause, after: "0 stage")])
    #expect(talk.conclusion?.status == .failed && talk.conclusion?.hosts.suffix(2) == [.pending, .pending])
    #expect(talk.notes.last { if case .paused = $0 { true } else { false } } == .paused(nil))
  }

  @Test("a wave that a strategy wants during a pause is announced when it goes ahead, and not at all if the deployment ends before")
  func announced() {
    let scripts = { ListScripts([[.decide(.wave([0], parallel: nil)), .decide(.wave([1], parallel: nil))]]) }
    let p = plan(hosts: 2, parallel: 1, stages: [.rollout(Strategy(name: "own", function: 0))])
    func waves(_ last: Message) -> [Note] {
      Conversation(p, scripts(), [(pause, after: "0 stage"), (last, after: "-")]).notes.filter {
        switch $0 {
        case .waveBegan, .waveEnded, .paused(nil): true
        default: false
        }
      }
    }
    let first = [Note.waveBegan(number: 1, hosts: [0]), .waveEnded(number: 1, WaveResult(succeeded: [0], failed: []))]
    let second = [Note.waveBegan(number: 2, hosts: [1]), .waveEnded(number: 2, WaveResult(succeeded: [1], failed: []))]
    #expect(waves(resume) == first + [.paused(nil)] + second)
    #expect(waves(cancel) == first + [.paused(nil)])
  }

  @Test("a rollback that follows from a failure is not cancelled, and a pause of it that nobody ends is over after its time")
  func wayBack() {
    let p = plan(hosts: 2, parallel: 1, stages: [.rollout(nil)]).edited { $0.kind = .rollback(of: "d0") }
    let cancelled = Conversation(p, ListScripts([]), [(cancel, after: "0 stage")])
    #expect(cancelled.conclusion?.status == .succeeded && cancelled.refused == ["3"])
    let paused = Conversation(p, ListScripts([]), rings: true, [(pause, after: "0 stage")])
    #expect(paused.conclusion?.status == .succeeded && paused.refused == [])
    #expect(paused.answers.last?.hasSuffix("If nobody resumes it within 24 h, it continues by itself") == true)
  }

  @Test("each message gets one answer, and one that changes nothing says why")
  func answers() {
    let p = plan(hosts: 1, parallel: 1, stages: [.rollout(nil)])
    let talk = Conversation(
      p, ListScripts([]),
      [
        (resume, after: "0 lock"), (pause, after: "0 stage"), (Self.message("4", .pause, by: "lee@ci"), after: "0 activate"),
        (Self.message("5", .approve), after: "0 record"), (Self.message("6", .resume, by: "lee@ci"), after: "-"),
      ])
    #expect(
      talk.answers.map { $0.prefix { $0 != "." } } == [
        "not resumed (kim@laptop): it is not paused", "Paused by kim@laptop: looks slow", "it is paused already, by kim@laptop: looks slow",
        "approve (kim@laptop): there is no open gate", "Resumed by lee@ci",
      ])
    #expect(talk.refused == ["2", "4", "5"])
    let late = Conversation(p, ListScripts([]), [(cancel, after: "0 stage"), (pause, after: "0 unlock")])
    #expect(late.refused == ["1"])
    #expect(late.answers.last == "the pause (kim@laptop: looks slow) comes too late: nothing new is begun any more")
    let tooLate = Conversation(p, ListScripts([]), [(cancel, after: "0 unlock")])
    #expect(tooLate.conclusion?.status == .succeeded && tooLate.refused == ["3"])
  }

  @Test("a message that comes twice before it is in the journal stays in its mailbox until it is")
  func twice() {
    var ledger = Ledger(plan: plan(hosts: 1), scripts: ListScripts([]))
    while ledger.move(at: Timestamp(milliseconds: 0)) != nil {}
    ledger.take([.said(pause), .said(pause)])
    guard case .append(let entries)? = ledger.move(at: Timestamp(milliseconds: 0)) else { return #expect(Bool(false), "no append") }
    #expect(entries.map(\.fact) == [.happened(.said(pause))])
    ledger.take([.said(pause)])
    var taken: [Message.ID] = []
    while let move = ledger.move(at: Timestamp(milliseconds: 0)) { if case .take(let message) = move { taken.append(message) } }
    #expect(taken == ["1"])
  }

  @Test("a message that is delivered again is taken and not heard a second time, also by the engine that resumes")
  func again() throws {
    let now = Timestamp(milliseconds: 0)
    let p = plan(hosts: 1)
    var ledger = Ledger(plan: p, scripts: ListScripts([]))
    ledger.take([.said(pause), .said(pause)])
    var (entries, taken): ([Entry], [Message.ID]) = ([], [])
    func follow(_ ledger: inout Ledger) {
      while let move = ledger.move(at: now) {
        if case .append(let new) = move { entries += new }
        if case .take(let message) = move { taken.append(message) }
      }
    }
    follow(&ledger)
    var second = try Ledger(resuming: entries, of: p, scripts: ListScripts([]), actor: "you@there", at: now)
    second.take([.said(pause), .said(resume)])
    follow(&second)
    #expect(taken == ["1", "1", "2"])
    let said = entries.compactMap { if case .happened(.said(let message)) = $0.fact { message.id } else { nil } }
    #expect(said == ["1", "2"])
  }

  @Test("of more messages than a deployment hears only a cancel is heard")
  func bound() {
    let p = plan(hosts: 1)
    var ledger = Ledger(plan: p, scripts: ListScripts([]))
    ledger.take((0..<Ledger.messages + 5).map { .said(Self.message("m\($0)", .resume)) } + [.said(cancel)])
    var (heard, taken): ([String], [String]) = ([], [])
    while let move = ledger.move(at: Timestamp(milliseconds: 0)) {
      if case .take(let message) = move { taken.append(message) }
      guard case .append(let new) = move else { continue }
      heard += new.compactMap { if case .happened(.said(let message)) = $0.fact { message.id } else { nil } }
    }
    #expect(heard.count == Ledger.messages + 1 && heard.last == "3")
    #expect(taken.count == Ledger.messages + 6)
  }

  /// A ledger of a deployment that asks for approval again and again.
  private struct Asking {
    var ledger: Ledger
    let plan: Plan
    var entries: [Entry] = []
    var opened = 0

    init(_ questions: Int, rules: Plan.Flow.Rules = .newest) {
      let gates = (0..<questions).map { Request.decide(.gate(Gate(.approval, name: "g\($0)", time: .minutes(60)))) }
      plan = DeployCoreTests.plan(hosts: 1, stages: [.rollout(Strategy(name: "own", function: 0))]).edited { $0.rules = rules }
      ledger = Ledger(plan: plan, scripts: ListScripts([gates + [.decide(.wave([0], parallel: nil))]]))
      follow()
    }

    mutating func follow() {
      while let move = ledger.move(at: Timestamp(milliseconds: 0)) {
        switch move {
        case .append(let new):
          entries += new
          opened += new.count { if case .noted(.gateOpened) = $0.fact { true } else { false } }
        case .perform(let intent): ledger.take([.finished(intent: intent.id, .done())])
        case .head: ledger.seal(chain: nil)
        default: break
        }
      }
    }

    mutating func say(_ id: String, _ kind: Message.Kind) {
      var message = MessageTests.message(id, kind)
      if kind == .approve { message.means(Awaited(gate: opened, kind: .approval)) }
      ledger.take([.said(message)])
      follow()
    }

    var remarks: [String] { entries.compactMap { if case .noted(.remark(let text)) = $0.fact { text } else { nil } } }
    var heard: [Message.ID] { entries.compactMap { if case .happened(.said(let message)) = $0.fact { message.id } else { nil } } }
  }

  @Test("a deployment hears any number of answers to its questions, and a message that comes again is ignored")
  func questions() {
    var asking = Asking(2 * Ledger.messages + 5)
    for number in 0..<2 * Ledger.messages + 5 {
      asking.say("a\(number)", .approve)
      asking.say("a\(number)", .approve)
    }
    #expect(asking.ledger.conclusion?.status == .succeeded && asking.heard.count == 2 * Ledger.messages + 5)
    #expect(Set(asking.heard).count == asking.heard.count && asking.remarks.allSatisfy { !$0.contains("messages came") })
  }

  @Test("before messages that answer nothing reach the limit, the deployment says what happens then, and an answer makes room again")
  func warned() throws {
    var asking = Asking(2)
    for number in 0..<Ledger.messages - 1 { asking.say("p\(number)", number % 2 == 0 ? .pause : .resume) }
    #expect(asking.remarks.filter { $0.hasPrefix("900 messages came and closed no gate: after 1000 of them, all further ones") }.count == 1)
    asking.say("r", .resume)
    asking.say("late", .pause)
    #expect(asking.heard.count == Ledger.messages && asking.heard.last == "r")
    var again = try Ledger(
      resuming: asking.entries, of: asking.plan,
      scripts: ListScripts([
        (0..<2).map { .decide(.gate(Gate(.approval, name: "g\($0)", time: .minutes(60)))) } + [.decide(.wave([0], parallel: nil))]
      ]), actor: "you@there", at: Timestamp(milliseconds: 0))
    again.take([.said(Self.message("late", .pause))])
    while let move = again.move(at: Timestamp(milliseconds: 0)) {
      guard case .append(let new) = move else { continue }
      #expect(!new.contains { if case .happened(.said) = $0.fact { true } else { false } }, "the limit holds after a resume too")
    }
    var room = Asking(2)
    for number in 0..<Ledger.messages - 2 { room.say("p\(number)", number % 2 == 0 ? .pause : .resume) }
    room.say("yes", .approve)
    for number in 0..<6 { room.say("q\(number)", number % 2 == 0 ? .pause : .resume) }
    #expect(room.heard.count == Ledger.messages + 5)
    let old = Asking(1, rules: .eleventh)
    #expect(old.remarks.isEmpty)
  }
}
