import DeployCore
import DeployModel
import Testing

/// How an alarm's looks at hosts add up to its end.
struct AlarmLooksTests {
  private static let check = Check.port(80)
  private static let bad = Outcome(failure: Failure(.unhealthy, "port 80: nothing answers"), value: .bool(false))
  private static let away = Outcome(failure: Failure(.unreachable, "no route"))

  private func looks(
    hosts: Int = 2, during: Interval = .seconds(20), allow: Int = 0, after tally: AlarmRecord.Tally = .init()
  ) -> AlarmLooks {
    let alarm = Alarm(during: during, check: Self.check, allow: allow)
    return AlarmLooks(alarm, names: (0..<hosts).map { "h\($0)" }, hosts: Array(0..<hosts), left: during, after: tally)
  }

  /// Looks until the alarm ends. One round follows the other at once.
  /// - Parameter answer: returns the result of the look with this number, counted from 1; nil: no answer within the time limit.
  private func end(_ looks: AlarmLooks, _ answer: (_ look: Int, _ slot: Int) -> Outcome?) -> (AlarmRecord.End, String?, AlarmRecord.Tally) {
    var (looks, asked, timer, isDue) = (looks, 0, 0, false)
    for _ in 0..<10_000 {
      switch looks.next() {
      case .round(let number, let another): (timer, isDue) = (number, another)
      case .look(let slots):
        for slot in slots {
          asked += 1
          if let outcome = answer(asked, slot) { looks.found(outcome, at: slot) }
        }
      case .wait:
        for slot in looks.late(timer) { looks.gaveUp(slot) }
        if isDue { looks.rang() }
        isDue = false
      case .end(let end, let reason): return (end, reason, looks.tally)
      }
    }
    Issue.record("it never ended")
    return (.inconclusive, nil, looks.tally)
  }

  @Test("an alarm looks at each host at its beginning, at its end and every interval between, and passes if all is well")
  func passes() {
    let (end, reason, tally) = end(looks()) { _, _ in .done(.bool(true)) }
    #expect(end == .passed && reason == nil && tally.looks == 6 && tally.bad == 0)
  }

  @Test("the first bad look fires, and one that is allowed does not")
  func fires() {
    let first = end(looks()) { look, _ in look == 3 ? Self.bad : .done(.bool(true)) }
    #expect(first.0 == .fired && first.1 == "h0: port 80: nothing answers" && first.2.bad == 1)
    let allowed = end(looks(allow: 1)) { look, _ in look == 3 ? Self.bad : .done(.bool(true)) }
    #expect(allowed.0 == .passed && allowed.2.bad == 1)
    let second = end(looks(allow: 1)) { look, slot in slot == 1 && look < 5 ? Self.bad : .done(.bool(true)) }
    #expect(second.0 == .fired && second.1 == "h1: port 80: nothing answers (2 bad looks, and 1 are allowed)")
  }

  @Test("a look without an answer takes nothing back, and nobody can tell if a host never answered")
  func silent() {
    let all = end(looks()) { _, _ in Self.away }
    #expect(all.0 == .inconclusive && all.1 == "h0: no route" && all.2.unanswered == 6 && all.2.answered == 0)
    let one = end(looks()) { _, slot in slot == 1 ? .done(.bool(true)) : Self.away }
    #expect(one.0 == .inconclusive && one.1 == "h0 never answered (no route)" && one.2.heard == ["h1"])
    let most = end(looks()) { look, _ in look > 4 ? .done(.bool(true)) : Self.away }
    #expect(most.0 == .passed && most.1 == "4 of 6 looks got no answer, the first from h0: no route")
  }

  @Test("a host that answered whoever watched before has answered")
  func heardBefore() {
    var tally = AlarmRecord.Tally()
    (tally.looks, tally.heard) = (2, ["h0", "h1"])
    let (end, reason, _) = end(looks(after: tally)) { _, slot in slot == 1 ? .done(.bool(true)) : Self.away }
    #expect(end == .passed && reason == "3 of 8 looks got no answer, the first from h0: no route")
  }

  @Test("a look that gets no answer in its time is one without an answer, and the other host is looked at all the same")
  func late() {
    let (end, reason, tally) = end(looks()) { _, slot in slot == 0 ? nil : .done(.bool(true)) }
    #expect(end == .inconclusive && reason == "h0 never answered (it gave no answer within 10 s)", "\(reason ?? "")")
    #expect(tally.answered == 3)
  }

  @Test("a late answer that the command was ended at its limit is bad, and one that says nothing stays silence")
  func cameLate() {
    var looks = looks(hosts: 1)
    _ = looks.next()
    #expect(looks.next() == .look([0]))
    looks.gaveUp(0)
    #expect(looks.tally.unanswered == 1 && looks.tally.bad == 0)
    looks.cameLate(Self.away, at: 0)
    #expect(looks.tally.unanswered == 1 && looks.tally.heard == nil)
    looks.cameLate(Outcome(failure: Failure(.timeout, "it was not done within 10 s and was ended")), at: 0)
    #expect(looks.tally.unanswered == 0 && looks.tally.bad == 1 && looks.tally.heard == ["h0"])
    #expect(looks.next() == .end(.fired, "h0: it was not done within 10 s and was ended"))
  }

  @Test("bad looks of whoever watched before count, and more of them than are allowed fire at once")
  func earlier() {
    var tally = AlarmRecord.Tally()
    (tally.looks, tally.bad, tally.firstBad) = (4, 1, "h1: it was bad")
    let one = end(looks(allow: 1, after: tally)) { look, _ in look == 1 ? Self.bad : .done(.bool(true)) }
    #expect(one.0 == .fired && one.1 == "h1: it was bad (2 bad looks, and 1 are allowed)")
    var none = looks(after: tally)
    #expect(none.next() == .end(.fired, "h1: it was bad"))
  }

  @Test("what is left of the time says how many looks are left")
  func left() {
    let alarm = Alarm(during: .minutes(60), check: Self.check, allow: 3)
    #expect(alarm.watch(of: [0], for: .seconds(25), after: 1).looks == 4)
    #expect(alarm.watch(of: [0], for: .seconds(25), after: 1).allow == 2)
    #expect(alarm.watch(of: [0], for: Interval(milliseconds: -5), after: 0).looks == 1)
  }
}
