import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("Reports of what people say")
struct MessageReportTests {
  private static let pause = Message(id: "m1", .pause, by: "kim@laptop", comment: "looks slow", at: Stories.start)
  private static let facts: [Entry.Fact] = [
    .planned(Stories.plan()), .happened(.started), .noted(.host(0, .changing)), .happened(.said(pause)), .noted(.paused(pause)),
    .noted(.answered(message: "m1", accepted: true, "Paused by kim@laptop: looks slow.")), .noted(.host(0, .succeeded)),
  ]
  private static let clause = "paused by kim@laptop: looks slow (since 2026-11-21 11:30:49, at most until 2026-11-22 11:30:49)"

  @Test("a plain report says the answer once, names the pause in each heartbeat, and says after a resume that it is paused still")
  func plain() {
    var report = PlainReport(on: Surface(), heartbeat: .seconds(30))
    let text = Stories.entries(Self.facts).map { report.take($0, of: "x") }.joined()
    #expect(text.hasSuffix("11:30:50  Paused by kim@laptop: looks slow.\n11:30:51  web1  succeeded\n"), "\(text)")
    #expect(report.tick(Stories.start + .seconds(50)) == "11:31:35  \(Self.clause): 1 of 2 hosts done\n")
    let resumed = report.take(Entry(sequence: 7, at: Stories.start + .seconds(60), fact: .resumed(actor: "lee@ci")), of: "x")
    #expect(
      resumed == """
        11:31:45  Resumed by lee@ci
                  It is still \(Self.clause)
                    → in another terminal: lander resume \(Stories.plan().id) resumes it, lander cancel \(Stories.plan().id) takes it back

        """)
    _ = report.take(Entry(sequence: 8, at: Stories.start + .seconds(61), fact: .noted(.paused(nil))), of: "x")
    #expect(report.tick(Stories.start + .seconds(100)) == "11:32:25  still going: 1 of 2 hosts done\n")
  }

  @Test("a live report names who paused it until the pause is over")
  func live() {
    var report = LiveReport(on: Surface(width: 100, height: 20, terminal: true))
    for entry in Stories.entries(Self.facts) { _ = report.take(entry, of: "x") }
    let text = report.tick(Stories.start + .seconds(8))
    #expect(text.contains("Paused by kim@laptop: looks slow.") && text.contains("paused by kim@laptop · "), "\(text)")
    _ = report.take(Entry(sequence: 7, at: Stories.start + .seconds(9), fact: .noted(.paused(nil))), of: "x")
    #expect(!report.tick(Stories.start + .seconds(10)).contains("paused by"))
  }

  @Test("lines of JSON have the message, its answer, and the pause")
  func lines() {
    var lines = EntryLines()
    let text = Stories.entries(Self.facts).map { lines.line($0, of: "x") }
    let message = #""message":"m1","kind":"pause","by":"kim@laptop","comment":"looks slow","sent":"2026-11-21T11:30:45.000Z"}"#
    #expect(text[3].hasSuffix(#""type":"message","# + message), "\(text[3])")
    #expect(text[4].hasSuffix(#""type":"paused","# + message), "\(text[4])")
    #expect(text[5].hasSuffix(#""type":"answer","message":"m1","accepted":true,"text":"Paused by kim@laptop: looks slow."}"#), "\(text[5])")
  }

  @Test("a cancel that the deployment did not accept is not told as its cause")
  func refused() {
    let cancel = Message(id: "m2", .cancel, by: "kim@laptop", at: Stories.start)
    func story(_ accepted: Bool) -> DeploymentStory {
      DeploymentStory(
        Stories.entries([
          .planned(Stories.plan()), .happened(.said(cancel)), .noted(.answered(message: "m2", accepted: accepted, "words")),
        ]))
    }
    #expect(story(false).cancelled == nil && story(true).cancelled == "kim@laptop")
  }
}
