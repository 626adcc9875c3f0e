import DeployModel
import DeployReport
import Testing

/// What people read of an alarm.
struct AlarmReportTests {
  private static let at = Timestamp(milliseconds: 1_800_000_000_000)
  private let alarm = Alarm(during: .minutes(60), check: .http(url: "http://localhost/ready", status: []), allow: 3)

  private func report(_ change: (inout AlarmRecord) -> Void = { _ in }) -> AlarmReport {
    var record = AlarmRecord(deployment: "d2", opened: Self.at, until: Self.at + .minutes(60))
    (record.tally.looks, record.tally.bad) = (12, 1)
    change(&record)
    return AlarmReport(alarm, record, hosts: 2)
  }

  @Test("who begins to watch reads what is asked, how often and until when")
  func began() {
    #expect(
      report().began(on: Surface()) == [
        "The alarm of deployment d2 is watched until 2027-01-15 09:00:00: GET http://localhost/ready on 2 hosts, every 10 s; "
          + "12 looks so far, 1 bad. Ctrl-C stops watching only."
      ])
    #expect(report().bad("h1: no", on: Surface()) == "  bad  h1: no (bad look 1 of at most 3)")
    var record = AlarmRecord(deployment: "d2", opened: Self.at, until: Self.at)
    record.tally.bad = 1
    let strict = AlarmReport(Alarm(during: .minutes(1), check: .port(80)), record, hosts: 1)
    #expect(strict.bad("h1: no", on: Surface()) == "  bad  h1: no (bad look 1; none is allowed)")
  }

  @Test(
    "one line says how it stands, or how it ended",
    arguments: [
      (nil, nil, false, "Nobody watches the alarm of deployment d2 until 2027-01-15 09:00:00: lander follow d2 --alarm"),
      (nil, nil, true, "The alarm of deployment d2 is watched until 2027-01-15 09:00:00; 12 looks, 1 bad."),
      (.passed, nil, false, "The alarm of deployment d2 is over, and nothing fired: 12 looks, 1 bad."),
      (.fired, "h1: no", false, "The alarm of deployment d2 fired: h1: no."),
      (.superseded, "deployment d3 is newer", false, "The alarm of deployment d2 has ended without effect: deployment d3 is newer."),
      (
        .inconclusive, "h1 never answered", false,
        "The alarm of deployment d2 is over, and nobody can tell of every host: h1 never answered; 12 looks, 1 bad."
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
    "a command that watched exits as a deployment that a gate took back, and says so if nobody can tell",
    arguments: [
      (.passed, nil, .done), (.superseded, nil, .done), (.inconclusive, nil, .partial), (.fired, .done, .unfit), (.fired, nil, .unfit),
      (.fired, .locked, .held), (.fired, .rollbackFailed, .rollbackFailed), (.fired, .interrupted, .interrupted),
      (nil, nil, .done),
    ] as [(AlarmRecord.End?, ExitCode?, ExitCode)])
  func exit(end: AlarmRecord.End?, rollback: ExitCode?, expected: ExitCode) {
    var record = AlarmRecord(deployment: "d2", opened: Self.at, until: Self.at)
    record.end = end
    #expect(record.exit(after: rollback) == expected)
  }
}
