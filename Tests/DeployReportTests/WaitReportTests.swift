import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("What somebody is told who waits for a deployment")
struct WaitReportTests {
  private let id: Deployment.ID = "20261121-113045-x7k2"

  private func report(_ entries: [Entry]) -> WaitReport {
    var report = WaitReport(on: Surface())
    for entry in entries { report.take(entry) }
    return report
  }

  @Test("the first line says what is waited for, and a sign of life comes within a minute, with what is under way")
  func heartbeat() {
    var report = report(Array(Stories.failing.prefix(9)))
    let now = Stories.start + .seconds(10)
    #expect(
      report.lines(at: now) == [
        "11:30:55  Waiting for deployment \(id) of web of shop to production: 0 of 2 hosts done; web1 ValidateService"
      ])
    for second in 1..<55 { #expect(report.lines(at: now + .seconds(second)).isEmpty) }
    #expect(
      report.lines(at: now + .seconds(60)) == ["11:31:55  still waiting: 0 of 2 hosts done; web1 ValidateService"])
  }

  @Test("a gate is told once with the commands that answer it, when it opens; a pause and a stopped process too")
  func questions() {
    let gate = Gate(.approval, name: "go", time: .minutes(10))
    var report = report(Stories.entries([.planned(Stories.plan()), .noted(.gateOpened(number: 1, gate))]))
    let now = Stories.start + .seconds(10)
    let first = report.lines(at: now)
    #expect(first.count == 4 && first[2].contains("lander approve \(id) 1") && first[3].contains("lander reject \(id) 1"), "\(first)")
    #expect(report.lines(at: now + .seconds(1)).isEmpty)
    let again = report.lines(at: now + .minutes(1))
    #expect(again.count == 1 && again[0].contains("waits: approval \"go\", until 11:40:46, then it fails"), "\(again)")
    report.take(Entry(sequence: 2, at: now, fact: .noted(.gateClosed(number: 1, GateAnswer(.pass, by: "kim")))))
    #expect(report.lines(at: now + .seconds(62)).isEmpty)
    let pause = Message(id: "m1", .pause, by: "kim@laptop", comment: "slow", at: now)
    report.take(Entry(sequence: 3, at: now, fact: .noted(.paused(pause))))
    let paused = report.lines(at: now + .seconds(63))
    #expect(
      paused.count == 2 && paused[0].contains("It is paused by kim@laptop: slow") && paused[1].contains("lander resume \(id)"), "\(paused)")
    #expect(report.lines(at: now + .seconds(64), stopped: 77).first?.contains("Its process 77 is stopped") == true)
    #expect(report.lines(at: now + .seconds(65), stopped: 77).isEmpty)
  }

  @Test("the rollback that follows is told, and nothing once that has ended")
  func rollback() {
    var report = report(Stories.failing)
    #expect(report.lines(at: Stories.start).isEmpty)
    report.take(Entry(sequence: 0, at: Stories.start, fact: .planned(Stories.plan(kind: .rollback(of: id), id: "r1"))))
    #expect(report.lines(at: Stories.start).first?.contains("Waiting for rollback r1 of ") == true)
  }
}
