import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("Reports are folds over entries")
struct ReportTests {
  private func plain(_ entries: [Entry]) -> String {
    var report = PlainReport(on: Surface())
    return entries.map { report.take($0, of: "20261121-113045-x7k2") }.joined() + report.end()
  }

  @Test("plain lines tell a failing deployment")
  func plainFailing() {
    #expect(
      plain(Stories.failing)
        == """
        11:30:45  Deploying web of shop to production: 2 hosts, revision 3f2a91cbd012 (dist)
                  Deployment 20261121-113045-x7k2; 1 of 2 keep serving, at most 1 at once, 0 may fail, 0 may be unreachable
        11:30:47  Stage upload
        11:30:48  Stage upload done in 1 s
        11:30:49  Stage rollout
        11:30:50  Wave 1: 1 host: web1
        11:30:55  web1  ValidateService     failed after 3 s
                    deploy.lua:31: curl -f http://localhost:8080/ready ended with exit status 22
                    | curl: (22) The requested URL returned error: 503
                    → look at the service's log
        11:30:56  web1  restoring what it ran before
        11:30:57  web1  restored: it runs what it ran before
        11:30:58  Wave 1 over: 0 succeeded, 1 failed
        11:30:59  Stage rollout failed after 10 s

        """)
  }

  @Test("a plain report says that it is still going, at most every heartbeat")
  func heartbeat() {
    var report = PlainReport(on: Surface(), heartbeat: .seconds(30))
    for entry in Stories.failing.prefix(9) { _ = report.take(entry, of: "x") }
    #expect(report.tick(Stories.start + .seconds(20)) == "")
    let beat = report.tick(Stories.start + .seconds(50))
    #expect(beat == "11:31:35  still going: 0 of 2 hosts done; web1 ValidateService\n")
    #expect(report.tick(Stories.start + .seconds(60)) == "")
  }

  @Test("lines of JSON have every entry, a gap-free sequence, and one line each")
  func json() {
    var report = LinesOfJSON()
    let lines = Stories.failing.map { report.take($0, of: "20261121-113045-x7k2") }
    #expect(lines.allSatisfy { $0.hasSuffix("}\n") && $0.dropLast().contains("\n") == false })
    for (index, line) in lines.enumerated() {
      #expect(line.hasPrefix("{\"v\":1,\"seq\":\(index),\"ts\":\"2026-11-21T11:3"))
    }
    #expect(
      lines[9] == """
        {"v":1,"seq":9,"ts":"2026-11-21T11:30:54.000Z","deployment":"20261121-113045-x7k2","type":"finished","intent":1,"ok":false,\
        "status":22,"duration_ms":0,"error":{"kind":"command","message":"curl -f http://localhost:8080/ready ended with exit status 22",\
        "fix":"look at the service's log"}}

        """)
  }

  @Test(
    "the summary names the first failing host, its step, exit status and stderr, and what to do next"
  )
  func summary() {
    let summary = Summary(DeploymentStory(Stories.failing))
    #expect(
      summary.lines(on: Surface()).joined(separator: "\n") == """
        Failed: web of shop to production, deployment 20261121-113045-x7k2, 15 s
          Hosts   1 restored · 1 not started

          First failure: web1, ValidateService, deploy.lua:31
            curl -f http://localhost:8080/ready ended with exit status 22
            | curl: (22) The requested URL returned error: 503
            → look at the service's log

          Every touched host is back on what it ran before.

          Next
            lander logs 20261121-113045-x7k2 web1  the whole output
            lander status --group production       what each host runs now
        """)
    #expect(summary.exit == .rolledBack)
    let typed = Summary(DeploymentStory(Stories.failing), typed: "--appspec b --hosts web1")
    #expect(typed.lines(on: Surface()).contains { $0.hasPrefix("    lander status --appspec b --hosts web1  ") })
  }

  @Test("a host that could not go back comes with the commands to type")
  func restoreFailed() {
    let status = HostStatus.restoreFailed(
      Stories.broken,
      restoring: ScriptError(Failure(.command, "systemctl start shop: exit status 1")),
      commands: ["cd /srv/shop", "ln x"])
    let end = Conclusion(status: .failed, error: Stories.broken, hosts: [status, .pending])
    let summary = Summary(
      DeploymentStory(
        Stories.failing.dropLast() + [Entry(sequence: 15, at: Stories.start, fact: .concluded(end))]
      ))
    let text = summary.lines(on: Surface()).joined(separator: "\n")
    #expect(
      text.contains(
        """
          web1 could not go back: systemctl start shop: exit status 1
            Type on web1:
              cd /srv/shop
              ln x
        """))
    #expect(!text.contains("Every touched host is back"))
    #expect(summary.exit == .rollbackFailed)
  }

  @Test("a host's name that is a word of its message stays there, and equal messages are one cause")
  func wordsInCauses() {
    let names = ["a", "app", "web"]
    let error = ScriptError(Failure(.invalid, "group describes a deployment of an app"))
    let statuses = names.map { _ in HostStatus.restored(error) }
    let story = DeploymentStory(
      Stories.entries([
        .planned(Stories.plan(hosts: names)), .concluded(Conclusion(status: .failed, error: error, hosts: statuses)),
      ]))
    let text = Summary(story).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("  Causes\n    3 hosts: group describes a deployment of an app\n      a app web"), "\(text)")
  }

  @Test("hosts that the rollback took back do not count as succeeded any more")
  func takenBack() {
    let names = ["web1", "web2", "web3"]
    let failed = DeploymentStory(
      Stories.entries([
        .planned(Stories.plan(hosts: names)),
        .concluded(
          Conclusion(
            status: .failed, error: Stories.broken, rollback: [0, 1], hosts: [.succeeded, .succeeded, .restored(Stories.broken)])),
      ]))
    let back = DeploymentStory(
      Stories.entries([
        .planned(Stories.plan(hosts: ["web1", "web2"], kind: .rollback(of: "20261121-113045-x7k2"), id: "20261121-113101-b2c3")),
        .concluded(
          Conclusion(
            status: .failed, error: Stories.broken,
            hosts: [.succeeded, .restoreFailed(Stories.broken, restoring: Stories.broken, commands: [])])),
      ]))
    let text = Summary(failed, rollback: back).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("  Hosts   1 went back · 1 not gone back · 1 restored\n"), "\(text)")
    #expect(text.contains("lander rollback web --group production"), "\(text)")
  }

  @Test("hosts that did not go back are named in the summary, whether they answered or not, and the exit code is 11")
  func notBack() {
    let names = ["web1", "web2", "web3", "web4"]
    let end = Conclusion(
      status: .failed, error: Stories.broken, rollback: [0, 1, 2], hosts: [.succeeded, .succeeded, .succeeded, .restored(Stories.broken)])
    let failed = DeploymentStory(Stories.entries([.planned(Stories.plan(hosts: names)), .concluded(end)]))
    let lost = Failure(.unreachable, "it did not answer in time")
    let back = Conclusion(status: .failed, error: Stories.broken, hosts: [.succeeded, .failed(Stories.broken), .unknown(lost)])
    let plan = Stories.plan(
      hosts: ["web1", "web2", "web3"], kind: .rollback(of: "20261121-113045-x7k2"), id: "20261121-113101-b2c3")
    let rollback = DeploymentStory(Stories.entries([.planned(plan), .concluded(back)]))
    let text = Summary(failed, rollback: rollback).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("  Hosts   1 went back · 2 not gone back · 1 restored\n"), "\(text)")
    #expect(text.contains("  Unreachable, nobody knows what they run: web3\n"), "\(text)")
    #expect(text.contains("  Not back, on the release that failed or stopped half way: web2\n"), "\(text)")
    #expect(ExitCode(end, rollback: back) == .rollbackFailed)
  }

  @Test("a recipe is shown with its hooks in the order in which they run")
  func hooksInOrder() {
    let events: [LifecycleEvent] = [.validateService, .afterInstall, .applicationStop, .applicationStart]
    let recipe = Recipe(
      name: "web", placement: Placement(path: "/srv/web"),
      flow: Recipe.Flow(hooks: events.enumerated().map { Recipe.Hook(event: $1, function: $0) }))
    let lines = recipe.lines(on: Surface()).map { String($0.drop { $0 == " " }) }
    let shown = lines.filter { line in events.contains { line.hasPrefix($0.rawValue) } }.map { String($0.prefix { $0 != " " }) }
    #expect(shown == ["ApplicationStop", "AfterInstall", "ApplicationStart", "ValidateService"])
  }

  @Test("causes are counted over hosts, their names left out")
  func causes() {
    let names = (1...40).map { "web\($0)" }
    let statuses = names.map { name -> HostStatus in
      name.hasSuffix("7")
        ? .unknown(Failure(.unreachable, "\(name): connection timed out"))
        : .restored(Stories.broken)
    }
    let story = DeploymentStory(
      Stories.entries([
        .planned(Stories.plan(hosts: names)),
        .concluded(Conclusion(status: .failed, error: Stories.broken, hosts: statuses)),
      ]))
    let text = Summary(story).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("36 hosts: curl -f"))
    #expect(text.contains("4 hosts: connection timed out\n      web7 web17 web27 web37"))
  }

  @Test(
    "a live frame has a line a host while they fit, and never more rows or columns than the terminal"
  )
  func live() {
    for (count, height) in [(2, 24), (500, 24), (5, 5)] {
      var report = LiveReport(on: Surface(width: 60, height: height, colour: true, terminal: true))
      _ = report.take(
        Stories.entries([.planned(Stories.plan(hosts: (0..<count).map { "web\($0)" }))])[0], of: "x"
      )
      _ = report.tick(Stories.start)
      let facts = (0..<min(count, 30)).flatMap {
        [
          Entry.Fact.noted(.host($0, .changing)),
          Stories.run($0 + 1, on: $0, "sleep 1000 && echo long enough to be cut off"),
        ]
      }
      for entry in Stories.entries(facts) { _ = report.take(entry, of: "x") }
      let text = report.tick(Stories.start + .seconds(5))
      let frame = text.split(separator: "\u{1B}[J").last.map(String.init) ?? ""
      let lines = rows(frame)
      #expect(lines.count < height)
      #expect(lines.allSatisfy { $0.columns < 60 })
      #expect(text.contains("█") || text.contains("░") ? count > 2 : count == 2)
    }
  }

  /// Returns the lines of a frame, without the sequences that switch terminal modes.
  private func rows(_ frame: String) -> [String] {
    ["\u{1B}[?7l", "\u{1B}[?7h", "\u{1B}[?2026l"].reduce(frame) { $0.replacing($1, with: "") }.split(separator: "\n").map(String.init)
  }

  @Test("in a narrow window names, states and counts can still be read, and lines end between words")
  func narrow() {
    func frame(_ count: Int) -> (text: String, lines: [String]) {
      var report = LiveReport(on: Surface(width: 40, height: 14, terminal: true))
      let names = (1...count).map { "a-very-long-name-\($0)" }
      var facts: [Entry.Fact] = [.planned(Stories.plan(hosts: names)), .noted(.host(0, .succeeded)), .noted(.host(1, .changing))]
      let words = LogLine(.info, "one two three four five six seven eight nine")
      facts += [Stories.run(1, on: 1, "sleep 1000"), .noted(.log(host: nil, words))]
      for entry in Stories.entries(facts) { _ = report.take(entry, of: "x") }
      let text = report.tick(Stories.start + .seconds(5)).split(separator: "\u{1B}[J").last.map(String.init) ?? ""
      return (text, rows(text))
    }
    let few = frame(3)
    let states = few.lines.suffix(3).map { $0.prefix(25) }
    #expect(states == ["  ✓ a-very-lo…  succeeded", "  • a-very-lo…  changing ", "    a-very-lo…  waiting"])
    #expect(few.text.contains("one two three four five six seven eight\nnine\n"))
    let many = frame(60)
    #expect(many.text.contains("  1 done · 1 changing · 58 waiting\n  · a-very-lo…  run sleep 1000"))
    for line in few.lines + many.lines { #expect(line.columns < 40, "\(line)") }
  }

  @Test("a resumed deployment is known from its beginning, and its age is no silence")
  func resumed() {
    var report = PlainReport(on: Surface())
    let past = Stories.succeeding.dropLast(3)
    for entry in past { #expect(report.recall(entry, of: "x").isEmpty == !entry.isOpening) }
    let now = Stories.start + .minutes(60)
    #expect(report.tick(now) == "")
    #expect(
      report.take(Entry(sequence: past.count, at: now, fact: .resumed(actor: "kim@laptop")), of: "x").hasSuffix("  Resumed by kim@laptop\n")
    )
    #expect(report.tick(now + .seconds(31)).hasSuffix("  still going: 1 of 2 hosts done\n"))
  }

  @Test("a frame is erased whole after the window got narrower")
  func narrower() {
    var report = LiveReport(on: Surface(width: 140, height: 24, terminal: true))
    _ = report.take(Stories.entries([.planned(Stories.plan(hosts: ["web1"]))])[0], of: "x")
    for entry in Stories.entries([.noted(.host(0, .changing)), Stories.run(1, on: 0, String(repeating: "x", count: 70))]) {
      _ = report.take(entry, of: "x")
    }
    _ = report.tick(Stories.start)
    report.resize(width: 40, height: 24)
    // In the narrower window the title takes two lines, the state one line, and the line of about 110 columns three lines.
    #expect(report.tick(Stories.start + .seconds(1)).hasPrefix("\u{1B}[?2026h\r\u{1B}[5A\u{1B}[J"))
  }

  @Test("a live frame is erased by exactly the lines it had")
  func redraw() {
    var report = LiveReport(on: Surface(width: 140, height: 24, terminal: true))
    _ = report.take(Stories.failing[0], of: "x")
    let first = report.tick(Stories.start)
    _ = report.take(Stories.failing[6], of: "x")
    let second = report.tick(Stories.start + .seconds(1))
    let rows = first.split(separator: "\u{1B}[J")[1].split(separator: "\n").count - 2
    #expect(second.hasPrefix("\u{1B}[?2026h\r\u{1B}[\(rows - 1)A\u{1B}[J"))
  }

  @Test(
    "exit codes say what became of the hosts",
    arguments: [
      (Conclusion(status: .succeeded, hosts: [.succeeded]), nil, .done),
      (Conclusion(status: .cancelled, hosts: [.restored(Stories.broken)]), nil, .cancelled),
      (Conclusion(status: .failed, hosts: [.restored(Stories.broken)]), nil, .rolledBack),
      (
        Conclusion(status: .failed, rollback: [0], hosts: [.succeeded]),
        Conclusion(status: .succeeded, hosts: [.succeeded]), .rolledBack
      ),
      (
        Conclusion(status: .failed, rollback: [0], hosts: [.succeeded]),
        Conclusion(status: .failed, hosts: [.pending]), .rollbackFailed
      ),
      (Conclusion(status: .failed, rollback: [0], hosts: [.succeeded]), nil, .held),
      (Conclusion(status: .failed, hosts: [.failed(Stories.broken)]), nil, .held),
      (
        Conclusion(status: .failed, hosts: [.unknown(Failure(.unreachable, "gone"))]), nil,
        .rollbackFailed
      ),
      (
        Conclusion(
          status: .failed, error: ScriptError(Failure(.noSpace, "full")), hosts: [.pending]), nil,
        .infrastructure
      ),
      (
        Conclusion(
          status: .refused, error: ScriptError(Failure(.locked, "held")), hosts: [.pending]), nil,
        .locked
      ),
      (
        Conclusion(
          status: .refused, error: ScriptError(Failure(.unreachable, "off")), hosts: [.pending]),
        nil, .unreachable
      ),
    ] as [(Conclusion, Conclusion?, ExitCode)])
  func exits(_ conclusion: Conclusion, _ rollback: Conclusion?, _ code: ExitCode) {
    #expect(ExitCode(conclusion, rollback: rollback) == code)
  }

  @Test("a plan shows hosts, bounds, steps with deadlines and their sum, and the way back")
  func plan() {
    let text = PlanReport(Stories.plan(), rehearsal: Stories.failing).lines(on: Surface()).joined(
      separator: "\n")
    for part in [
      "Plan: deploy web of shop to production, 2 hosts",
      "dist: 3,000 files, 60.1 MB, digest 3f2a91cbd012, release 8d1e00112233",
      "1 of 2 keep serving, at most 1 at once", "web1  change  77aa00112233 → 8d1e00112233",
      "web2  change  nothing → 8d1e00112233",
      "ValidateService  run curl -f http://localhost:8080/ready  ≤ 5 m",
      "Over at the latest after 5 m", "Way back", "1 host ran nothing so far",
    ] { #expect(text.contains(part), "\(part) in:\n\(text)") }
  }
}
