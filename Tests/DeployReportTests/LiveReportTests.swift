import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("The view that is redrawn in place")
struct LiveReportTests {
  /// Returns the frame after these facts, at this many seconds after the start.
  private func frame(
    _ facts: [Entry.Fact], width: Int = 100, height: Int = 24, hosts: [String] = ["web1", "web2"], at second: Int = 60
  ) -> String {
    var report = LiveReport(on: Surface(width: width, height: height, terminal: true))
    for entry in Stories.entries([.planned(Stories.plan(hosts: hosts))] + facts) { _ = report.take(entry, of: "x") }
    return report.tick(Stories.start + .seconds(second))
  }

  @Test("lines of a frame are never wrapped, whatever a terminal takes for their width, and those above it are")
  func unwrapped() {
    let text = frame([.noted(.log(host: nil, LogLine(.info, "above")))])
    #expect(text.contains("above\n\u{1B}[?7lDeploying web of shop to production · "), "\(text)")
    #expect(text.hasSuffix("\u{1B}[?7h\u{1B}[?2026l"), "\(text)")
  }

  @Test("hosts for which there is no line are counted, those that failed and those under way, and a question stays on the screen")
  func more() {
    let names = (0..<100).map { "web\($0)" }
    let busy = (0..<30).flatMap { [Entry.Fact.noted(.host($0, .changing)), Stories.run($0 + 1, on: $0, "sleep 9")] }
    let failed = (40..<60).map { Entry.Fact.noted(.host($0, .restored(Stories.broken))) }
    let text = frame(busy, hosts: names)
    #expect(text.contains("  · web14") && !text.contains("  · web15") && text.contains("\n    and 15 more"), "\(text)")
    let both = frame(busy + failed, hosts: names)
    #expect(both.contains("web59") && both.contains("\n    and 13 more\n  · web0"), "\(both)")
    #expect(both.contains("  · web6") && both.contains("\n    and 23 more\u{1B}"), "\(both)")
    let gate = Entry.Fact.noted(.gateOpened(number: 1, Gate(.approval, name: "approve", message: "Good?", time: .minutes(5))))
    #expect(frame(busy + [gate], hosts: names).hasSuffix(" more\u{1B}[?7h\u{1B}[?2026l"))
  }

  @Test("hosts that get files before their turn are shown in that stage, and not as waiting")
  func early() {
    let facts: [Entry.Fact] = [.noted(.stageBegan(name: "upload")), Stories.run(1, on: 0, "x"), Stories.run(2, on: 1, "x")]
    let done = Entry.Fact.happened(.finished(intent: 2, .done()))
    let few = frame(facts + [done])
    #expect(few.contains("    web1  upload ") && few.contains("    web2  waiting"), "\(few)")
    let many = frame(facts, hosts: (0..<100).map { "web\($0)" })
    #expect(many.contains("2 in upload · 98 waiting"), "\(many)")
  }

  @Test("a host's line has what its command wrote last, until another one begins; all of it is shown above if asked for")
  func output() {
    func chunk(_ text: String) -> OutputChunk {
      OutputChunk(intent: 1, place: .host(0), stream: .stdout, offset: 0, bytes: Array(text.utf8))
    }
    for (count, echo) in [(2, false), (100, false), (2, true)] {
      var report = LiveReport(on: Surface(width: 100, height: 24, terminal: true), echo: echo)
      let plan = Stories.plan(hosts: (0..<count).map { "web\($0)" })
      let facts: [Entry.Fact] = [.planned(plan), .noted(.host(0, .changing)), Stories.run(1, on: 0, "make")]
      for entry in Stories.entries(facts) { _ = report.take(entry, of: "x") }
      #expect(report.tick(Stories.start + .seconds(5)).contains("run make"))
      _ = report.take(chunk("one\n10%\r20%\u{1B}[2J\n\n"))
      let text = report.tick(Stories.start + .seconds(6))
      #expect(text.contains("| 20%^[[2J") && !text.contains("10%"), "\(text)")
      #expect(text.contains("one") == echo && text.contains("run make") == echo, "\(text)")
      let next = Entry(sequence: 3, at: Stories.start + .seconds(7), fact: Stories.run(2, on: 0, "true"))
      _ = report.take(next, of: "x")
      #expect(report.tick(Stories.start + .seconds(8)).contains("run true"))
    }
  }

  @Test("the first failure stays above the frame with what it wrote last, each line cut to the window")
  func failure() {
    var error = Stories.broken
    error.stderr = "one\ntwo\nthree\n" + String(repeating: "x", count: 200) + "\n"
    let text = frame([.noted(.host(0, .changing)), .noted(.host(0, .restoring(error)))])
    let cut = "    | " + String(repeating: "x", count: 92) + "…"
    #expect(text.contains("status 22 (deploy.lua:31)\n    | two\n    | three\n\(cut)\n\u{1B}[?7l"), "\(text)")
    #expect(!text.contains("| one"))
  }

  @Test("of a wait the view says how long it is, and not twice that it waits")
  func wait() {
    let text = frame([.noted(.gateOpened(number: 1, Gate(.time, name: "wait", time: .minutes(10))))])
    #expect(text.contains("  waits 10 m\n"), "\(text)")
  }

  @Test("the first line says what goes from which revision to which; a low window has no room for it")
  func title() {
    let digest = Stories.digest.short
    #expect(frame([]).contains("Deploying web of shop to production · several revisions → \(digest)\n0 of 2 hosts"), "\(frame([]))")
    let first = frame([], hosts: ["web1"])
    #expect(first.contains("to production · 77aa00112233 → \(digest)\n"), "\(first)")
    #expect(!frame([], height: 11).contains(" · several revisions"))
  }

  @Test("a wave is counted against those of the rehearsal, until there are more")
  func waves() {
    var report = LiveReport(on: Surface(width: 100, height: 24, terminal: true), waves: 2)
    let facts: [Entry.Fact] = [.planned(Stories.plan()), .noted(.stageBegan(name: "rollout"))]
    for entry in Stories.entries(facts) { _ = report.take(entry, of: "x") }
    for (number, words) in [(2, "wave 2 of 2 · "), (3, "wave 3 · ")] {
      let entry = Entry(
        sequence: number, at: Stories.start + .seconds(number), fact: .noted(.waveBegan(number: number, hosts: [0])))
      _ = report.take(entry, of: "x")
      let text = report.tick(Stories.start + .seconds(60 + number))
      #expect(text.contains("rollout · \(words)"), "\(text)")
    }
  }
}
