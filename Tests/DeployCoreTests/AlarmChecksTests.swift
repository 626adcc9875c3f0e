import DeployCore
import DeployModel
import Testing

/// Tests the checks of an alarm.
struct AlarmChecksTests {
  private static let check = Check.port(80)
  private static let bad = Outcome(failure: Failure(.unhealthy, "port 80: nothing answers"), value: .bool(false))
  private static let away = Outcome(failure: Failure(.unreachable, "no route"))

  private func checks(
    hosts: Int = 2, during: Interval = .seconds(20), allow: Int = 0, after tally: AlarmRecord.Tally = .init()
  ) -> AlarmChecks {
    let alarm = Alarm(during: during, check: Self.check, allow: allow)
    return AlarmChecks(alarm, names: (0..<hosts).map { "h\($0)" }, hosts: Array(0..<hosts), left: during, after: tally)
  }

  /// Makes checks until the alarm ends. Rounds follow each other at once.
  /// - Parameter answer: the outcome of the check with this number, from 1; nil: no answer in time.
  private func end(
    _ checks: AlarmChecks, _ answer: (_ check: Int, _ slot: Int) -> Outcome?
  ) -> (AlarmRecord.End, String?, AlarmRecord.Tally) {
    var (checks, asked, timer, isDue) = (checks, 0, 0, false)
    for _ in 0..<10_000 {
      switch checks.next() {
      case .round(let number, let another): (timer, isDue) = (number, another)
      case .check(let slots):
        for slot in slots {
          asked += 1
          if let outcome = answer(asked, slot) { checks.found(outcome, at: slot) }
        }
      case .wait:
        for slot in checks.late(timer) { checks.gaveUp(slot) }
        if isDue { checks.rang() }
        isDue = false
      case .end(let end, let reason): return (end, reason, checks.tally)
      }
    }
    Issue.record("it never ended")
    return (.inconclusive, nil, checks.tally)
  }

  @Test("an alarm checks each host at its beginning, at its end and every interval between, and passes if all is well")
  func passes() {
    let (end, reason, tally) = end(checks()) { _, _ in .done(.bool(true)) }
    #expect(end == .passed && reason == nil && tally.looks == 6 && tally.bad == 0)
  }

  @Test("the first failed check fires, and one that is allowed does not")
  func fires() {
    let first = end(checks()) { check, _ in check == 3 ? Self.bad : .done(.bool(true)) }
    #expect(first.0 == .fired && first.1 == "h0: port 80: nothing answers" && first.2.bad == 1)
    let allowed = end(checks(allow: 1)) { check, _ in check == 3 ? Self.bad : .done(.bool(true)) }
    #expect(allowed.0 == .passed && allowed.2.bad == 1)
    let second = end(checks(allow: 1)) { check, slot in slot == 1 && check < 5 ? Self.bad : .done(.bool(true)) }
    #expect(second.0 == .fired && second.1 == "h1: port 80: nothing answers (failed checks: 2, allowed: 1)")
  }

  @Test("a check without an answer takes nothing back, and nobody can tell if a host never answered")
  func silent() {
    let all = end(checks()) { _, _ in Self.away }
    #expect(all.0 == .inconclusive && all.1 == "h0: no route" && all.2.unanswered == 6 && all.2.answered == 0)
    let one = end(checks()) { _, slot in slot == 1 ? .done(.bool(true)) : Self.away }
    #expect(one.0 == .inconclusive && one.1 == "h0 never answered (no route)" && one.2.heard == ["h1"])
    let most = end(checks()) { check, _ in check > 4 ? .done(.bool(true)) : Self.away }
    #expect(most.0 == .passed && most.1 == "4 of 6 checks got no answer, the first from h0: no route")
  }

  @Test("a host that answered whoever watched before has answered")
  func heardBefore() {
    var tally = AlarmRecord.Tally()
    (tally.looks, tally.heard) = (2, ["h0", "h1"])
    let (end, reason, _) = end(checks(after: tally)) { _, slot in slot == 1 ? .done(.bool(true)) : Self.away }
    #expect(end == .passed && reason == "3 of 8 checks got no answer, the first from h0: no route")
  }

  @Test("a check that gets no answer in its time counts as unanswered, and the other host is checked all the same")
  func late() {
    let (end, reason, tally) = end(checks()) { _, slot in slot == 0 ? nil : .done(.bool(true)) }
    #expect(end == .inconclusive && reason == "h0 never answered (it gave no answer within 10 s)", "\(reason ?? "")")
    #expect(tally.answered == 3)
  }

  @Test("a late answer that the command was ended at its limit is bad, and one that says nothing stays silence")
  func cameLate() {
    var checks = checks(hosts: 1)
    _ = checks.next()
    #expect(checks.next() == .check([0]))
    checks.gaveUp(0)
    #expect(checks.tally.unanswered == 1 && checks.tally.bad == 0)
    checks.cameLate(Self.away, at: 0)
    #expect(checks.tally.unanswered == 1 && checks.tally.heard == nil)
    checks.cameLate(Outcome(failure: Failure(.timeout, "it was not done within 10 s and was ended")), at: 0)
    #expect(checks.tally.unanswered == 0 && checks.tally.bad == 1 && checks.tally.heard == ["h0"])
    #expect(checks.next() == .end(.fired, "h0: it was not done within 10 s and was ended"))
  }

  @Test("failed checks of whoever watched before count, and more of them than are allowed fire at once")
  func earlier() {
    var tally = AlarmRecord.Tally()
    (tally.looks, tally.bad, tally.firstBad) = (4, 1, "h1: it was bad")
    let one = end(checks(allow: 1, after: tally)) { check, _ in check == 1 ? Self.bad : .done(.bool(true)) }
    #expect(one.0 == .fired && one.1 == "h1: it was bad (failed checks: 2, allowed: 1)")
    var none = checks(after: tally)
    #expect(none.next() == .end(.fired, "h1: it was bad"))
  }

  @Test("what is left of the time gives the number of remaining checks")
  func left() {
    let alarm = Alarm(during: .minutes(60), check: Self.check, allow: 3)
    #expect(alarm.watch(of: [0], for: .seconds(25), after: 1).looks == 4)
    #expect(alarm.watch(of: [0], for: .seconds(25), after: 1).allow == 2)
    #expect(alarm.watch(of: [0], for: Interval(milliseconds: -5), after: 0).looks == 1)
  }
}
