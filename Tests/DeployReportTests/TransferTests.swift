import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("Who waits for an upload sees its bytes")
struct TransferTests {
  private var uploading: [Entry] {
    Stories.entries([
      .planned(Stories.plan()), .happened(.started), .noted(.stageBegan(name: "upload")),
      .intended(
        Intent(
          id: 1, place: .host(0), operation: .stage(Release(id: "8d1e00112233", bundle: Stories.digest)), timeout: .minutes(30),
          site: .init(stage: "upload"))),
    ])
  }

  @Test("the live view shows bytes, rate and what is left, for the host and for all")
  func live() {
    var report = LiveReport(on: Surface(width: 120, height: 24, terminal: true))
    for entry in uploading { _ = report.take(entry, of: "x") }
    report.take(Transfer(host: "web1", sent: 1_000_000, total: 300_000_000), at: Stories.start + .seconds(4))
    report.take(Transfer(host: "web1", sent: 101_000_000, total: 300_000_000), at: Stories.start + .seconds(14))
    let frame = report.tick(Stories.start + .seconds(15))
    #expect(frame.contains("  ███░░░░░░  101 MB of 300 MB, 10 MB/s, 20 s left"), "\(frame)")
    #expect(frame.contains("101 MB of 300 MB sent"), "\(frame)")
    report.take(Transfer(host: "web1", sent: 300_000_000, total: 300_000_000), at: Stories.start + .seconds(34))
    #expect(!report.tick(Stories.start + .seconds(35)).contains("sent"))
  }

  @Test("among many hosts, a bar stands instead of the event")
  func many() {
    var report = LiveReport(on: Surface(width: 120, height: 24, terminal: true))
    let plan = Stories.plan(hosts: (0..<100).map { "web\($0)" })
    let facts: [Entry.Fact] = [
      .planned(plan), .noted(.stageBegan(name: "upload")), Stories.run(1, on: 0, "send"), Stories.run(2, on: 1, "x"),
    ]
    for entry in Stories.entries(facts) { _ = report.take(entry, of: "x") }
    report.take(Transfer(host: "web0", sent: 50_000_000, total: 100_000_000), at: Stories.start + .seconds(4))
    let frame = report.tick(Stories.start + .seconds(5))
    #expect(frame.contains("  · web0   █████████░░░░░░░░░  50 MB of 100 MB\n"), "\(frame)")
    #expect(frame.contains("  · web1" + String(repeating: " ", count: 23) + "run x"), "\(frame)")
  }

  @Test("a plain report's heartbeat says how much has arrived")
  func plain() {
    var report = PlainReport(on: Surface(), heartbeat: .seconds(30))
    for entry in uploading { _ = report.take(entry, of: "x") }
    report.take(Transfer(host: "web1", sent: 30_000_000, total: 300_000_000), at: Stories.start + .seconds(33))
    #expect(report.tick(Stories.start + .seconds(40)).contains("(30 MB of 300 MB)"))
  }

  @Test("in the last frame a host that never began is not said to wait")
  func notStarted() {
    var report = LiveReport(on: Surface(width: 120, height: 24, terminal: true))
    for entry in Stories.failing { _ = report.take(entry, of: "x") }
    let frame = report.end()
    #expect(frame.contains("not started") && !frame.contains("waiting"), "\(frame)")
  }
}
