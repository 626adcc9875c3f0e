import DeployModel
import DeployReport
import PlanDrafts
import Testing

/// The reports about alarms that people read.
struct AlarmReportTests {
  private static let at = Timestamp(milliseconds: 1_800_000_000_000)
  private let alarm = Alarm(during: .minutes(60), check: .http(url: "http://localhost/ready", status: []), allow: 3)

  private var record: AlarmRecord {
    var record = AlarmRecord(deployment: "d2", opened: Self.at, until: Self.at + .minutes(60))
    (record.tally.looks, record.tally.bad) = (12, 1)
    return record
  }

  private func report(_ standing: AlarmRollback? = nil, _ change: (inout AlarmRecord) -> Void = { _ in }) -> AlarmReport {
    var record = record
    change(&record)
    return AlarmReport(
      alarm, record, of: Plan.Subject(application: "web", recipe: "web", group: "prod"), standing: standing)
  }

  @Test("who begins to watch reads what is asked, how often and until when")
  func began() {
    #expect(
      report().began(at: 2, on: Surface()) == [
        "The alarm of deployment d2 is watched until 2027-01-15 09:00:00: GET http://localhost/ready on 2 hosts, every 10 s; "
          + "12 checks so far, 1 failed. Ctrl-C stops watching only."
      ])
    #expect(report().bad("h1: no", on: Surface()) == "  bad  h1: no (failed check 1 of at most 3)")
    let strict = AlarmReport(Alarm(during: .minutes(1), check: .port(80)), record)
    #expect(strict.bad("h1: no", on: Surface()) == "  bad  h1: no (failed check 1; none is allowed)")
  }

  @Test(
    "one line says how it stands, or how it ended",
    arguments: [
      (nil, nil, false, "Nobody watches the alarm of deployment d2 until 2027-01-15 09:00:00: lander follow d2 --alarm"),
      (nil, nil, true, "The alarm of deployment d2 is watched until 2027-01-15 09:00:00; 12 checks, 1 failed."),
      (.passed, nil, false, "The alarm of deployment d2 is over, and nothing fired: 12 checks, 1 failed."),
      (
        .fired, "h1: no", false,
        "The alarm of deployment d2 fired: h1: no. Nothing is known of its rollback: lander status shows its hosts."
      ),
      (.superseded, "deployment d3 is newer", false, "The alarm of deployment d2 has ended without effect: deployment d3 is newer."),
      (
        .inconclusive, "h1 never answered", false,
        "The alarm of deployment d2 is over, and nobody can tell of every host: h1 never answered; 12 checks, 1 failed."
      ),
    ] as [(AlarmRecord.End?, String?, Bool, String)])
  func line(end: AlarmRecord.End?, reason: String?, isWatched: Bool, expected: String) {
    let found = report { ($0.end, $0.reason) = (end, reason) }
    #expect(found.line(on: Surface(), isWatched: isWatched, now: Self.at) == expected)
  }

  @Test("an alarm that nobody watched to its end says what tells more")
  func late() {
    #expect(
      report().line(on: Surface(), now: Self.at + .minutes(61))
        == "The alarm of deployment d2 was not watched to its end, 2027-01-15 09:00:00: lander follow d2 --alarm says what that means.")
  }

  @Test(
    "after it fired, words and exit code come from its rollback: only if hosts are back it exits as a gate that took them back",
    arguments: [
      (.back, .unfit, "Rollback d3 took its hosts back.", "lander explain d2"),
      (
        .failed, .rollbackFailed,
        "Rollback d3 did not bring all of its hosts back: lander status shows them, lander rollback web --group prod tries again.",
        "lander rollback web --group prod"
      ),
      (
        .held, .held,
        "Rollback d3 failed and left its hosts as they are: lander status shows them, lander rollback web --group prod tries again.",
        "lander rollback web --group prod"
      ),
      (.interrupted, .held, "Rollback d3 was interrupted: lander resume d3.", "lander resume d3"),
      (.running, .held, "Rollback d3 is under way: lander follow d3.", "lander follow d3"),
      (
        .idle(.unreachable), .unreachable, "Rollback d3 changed nothing, and neither did those before: lander rollback web --group prod.",
        "lander rollback web --group prod"
      ),
    ] as [(AlarmRollback, ExitCode, String, String)])
  func fired(standing: AlarmRollback, exit: ExitCode, words: String, fix: String) {
    let found = report(standing) { ($0.end, $0.reason, $0.rollback) = (.fired, "h1: no", "d3") }
    #expect(found.line(on: Surface()) == "The alarm of deployment d2 fired: h1: no. \(words)")
    #expect(found.exit == exit && found.problem.fix == fix)
  }

  @Test("one that fired and whose rollback changed nothing says what tries again")
  func idle() {
    let found = report(.idle(.locked)) { ($0.tally.bad, $0.reason, $0.tries) = (4, "h1: no", 1) }
    let words = "The rollback changed nothing: lander follow d2 --alarm tries again."
    #expect(found.line(on: Surface()) == "The alarm of deployment d2 fired: h1: no. \(words)" && found.exit == .held)
    #expect(found.problem.fix == "lander follow d2 --alarm")
  }

  @Test(
    "a command that watched to the end says whether anybody can tell",
    arguments: [(.passed, .done), (.superseded, .done), (.inconclusive, .partial), (.fired, .held), (nil, .done)]
      as [(AlarmRecord.End?, ExitCode)])
  func exit(end: AlarmRecord.End?, expected: ExitCode) {
    #expect(report { $0.end = end }.exit == expected)
  }
}
