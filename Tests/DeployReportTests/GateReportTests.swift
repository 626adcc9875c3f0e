import DeployModel
import DeployReport
import PlanDrafts
import Testing

/// How reports show gates: the question, the times, the commands for an answer, and the result.
struct GateReportTests {
  private let id: Deployment.ID = "20261121-113045-x7k2"

  private static let watch = Gate(
    .check, name: "health", time: .minutes(10),
    watch: Watch(.check(.http(url: "http://localhost/ready", status: [])), hosts: [0, 1], every: .seconds(10), looks: 61, allow: 1))
  private static let approval = Gate(.approval, name: "approve", message: "Does it look good?", time: .minutes(240))

  private func entries(_ facts: [Entry.Fact]) -> [Entry] {
    Stories.entries([.planned(Stories.plan()), .happened(.started), .noted(.stageBegan(name: "rollout"))] + facts)
  }

  private func plain(_ facts: [Entry.Fact]) -> String {
    var report = PlainReport(on: Surface())
    let lines = entries(facts).map { report.take($0, of: id) }
    return lines.dropFirst(3).joined()
  }

  @Test("plain lines name an open gate, its deadline and the lines to type, and how it was closed")
  func plainLines() {
    let facts: [Entry.Fact] = [
      .noted(.gateOpened(number: 1, Self.watch)), .noted(.gateClosed(number: 1, GateAnswer(.pass))),
      .noted(.gateOpened(number: 2, Self.approval)),
      .noted(.gateClosed(number: 2, GateAnswer(.pass, by: "lee@ci", comment: "fine\u{1b}[31m", at: Stories.start))),
      .noted(.gateOpened(number: 3, Gate(.time, name: "wait", time: .minutes(5)))),
      .noted(.gateClosed(number: 3, GateAnswer(.pass, by: "lee@ci"))),
      .noted(.gateOpened(number: 4, Gate(.pause, name: "pause", message: "look", time: .minutes(1440)))),
      .noted(.gateClosed(number: 4, GateAnswer(.fail, comment: "nobody answered within 24 h"))),
    ]
    #expect(
      plain(facts)
        == """
        11:30:48  Gate 1: check "health": check http://localhost/ready every 10 s for 10 m, 1 failed check \
        allowed on web1 web2, until 11:40:48 at the earliest
                    → lander promote 20261121-113045-x7k2 1  passes it now
        11:30:49  Gate 1: health passed after 1 s
        11:30:50  Gate 2: approval "approve": Does it look good?, until 15:30:50, then it fails
                    → lander approve 20261121-113045-x7k2 2  passes it
                    → lander reject 20261121-113045-x7k2 2  fails it, and hosts go back
        11:30:51  Gate 2: approve approved by lee@ci (unverified): fine^[[31m
        11:30:52  Gate 3: wait 5 m, until 11:35:52
                    → lander promote 20261121-113045-x7k2 3  passes it now
        11:30:53  Gate 3: wait passed early by lee@ci (unverified)
        11:30:54  Gate 4: pause: look, until 2026-11-22 11:30:54, then it fails
                    → lander resume 20261121-113045-x7k2  continues
                    → lander cancel 20261121-113045-x7k2  takes hosts back
        11:30:55  Gate 4: pause failed after 1 s: nobody answered within 24 h

        """)
  }

  @Test("who resumes sees what is waited for, and that time without a check does not count; a heartbeat says it too")
  func resumed() {
    var report = PlainReport(on: Surface(), heartbeat: .seconds(30))
    for entry in entries([.noted(.gateOpened(number: 1, Self.watch))]) { _ = report.recall(entry, of: id) }
    let resumed = Entry(sequence: 4, at: Stories.start + .minutes(5), fact: .resumed(actor: "lee@ci"))
    #expect(
      report.take(resumed, of: id)
        == """
        11:35:45  Resumed by lee@ci
                  No engine ran for 4 m 57 s: that time does not count, and "health" lasts longer
                  Gate 1: check "health": check http://localhost/ready every 10 s for 10 m, 1 failed check \
        allowed on web1 web2, until 11:40:48 at the earliest
                    → lander promote 20261121-113045-x7k2 1  passes it now

        """)
    let beat = report.tick(Stories.start + .minutes(6))
    #expect(beat.contains("; waits: check \"health\": check http://localhost/ready") && beat.contains("until 11:40:48"), "\(beat)")
  }

  @Test("the live view says what is waited for, for how long, and what is typed")
  func live() {
    var report = LiveReport(on: Surface(width: 100, height: 20, terminal: true))
    for entry in entries([.noted(.gateOpened(number: 1, Self.approval))]) { _ = report.take(entry, of: id) }
    let frame = report.tick(Stories.start + .minutes(2))
    #expect(frame.contains("waits approval \"approve\": Does it look good?"), "\(frame)")
    #expect(
      frame.contains(
        "for 1 m 57 s, until 15:30:48, then it fails\n    → lander approve \(id) 1  passes it\n    → lander reject \(id) 1  fails it"),
      "\(frame)")
    for entry in entries([.noted(.gateOpened(number: 1, Self.approval)), .noted(.gateClosed(number: 1, GateAnswer(.fail, by: "lee@ci")))])
      .suffix(1)
    {
      _ = report.take(entry, of: id)
    }
    let next = report.tick(Stories.start + .minutes(3))
    #expect(next.contains("approve rejected by lee@ci (unverified)") && !next.contains("waits"), "\(next)")
  }

  @Test("a question that is longer than a line is shown whole in the live view, also an address that no line holds")
  func longQuestion() {
    var gate = Self.approval
    let address = "https://grafana.example.com/d/abcdef/dashboards/production/latency?orgId=1&from=now-1h&to=now&viewPanel=12"
    gate.message = "Look at \(address) and at the error rate of the canary, then say whether it is good"
    var report = LiveReport(on: Surface(width: 80, height: 24, terminal: true))
    for entry in entries([.noted(.gateOpened(number: 1, gate))]) { _ = report.take(entry, of: id) }
    let frame = report.tick(Stories.start + .minutes(2))
    #expect(frame.filter { $0 != " " && $0 != "\n" }.contains(gate.message.filter { $0 != " " }), "\(frame)")
    #expect(frame.contains("→ lander approve"), "\(frame)")
    for line in frame.split(separator: "\n") { #expect(String(line).columns <= 80, "\(line)") }
  }

  @Test("what is typed at a gate says what becomes of hosts: nothing, if rollback is off")
  func rollbackOff() {
    func story(_ gate: Gate, rollback: Bool) -> String {
      let plan = Stories.plan().edited { $0.rollback = rollback }
      let story = DeploymentStory(
        Stories.entries([.planned(plan), .happened(.started), .noted(.gateOpened(number: 1, gate))]))
      return story.openGate?.lines(for: id, zone: 0).joined(separator: "\n") ?? ""
    }
    let pause = Gate(.pause, name: "pause", time: .minutes(60))
    #expect(story(Self.approval, rollback: true).contains("fails it, and hosts go back"))
    #expect(story(Self.approval, rollback: false).contains("fails it; hosts stay as they are, because rollback is off"))
    #expect(story(pause, rollback: true).contains("takes hosts back"))
    #expect(story(pause, rollback: false).contains("ends it; hosts stay as they are, because rollback is off"))
  }

  @Test("the gate of a deployment whose engine is gone advises what somebody hears: resuming, and what that does after the deadline")
  func interrupted() {
    let story = DeploymentStory(entries([.noted(.gateOpened(number: 1, Self.approval))]))
    func lines(_ now: Timestamp) -> String { story.openGate?.lines(interrupted: id, now: now).joined(separator: "\n") ?? "" }
    let early = lines(Stories.start + .minutes(1))
    #expect(early.contains("no engine hears an answer") && early.contains("lander resume \(id)  waits on, and hears an answer then"))
    #expect(lines(Stories.start + .minutes(300)).contains("fails it at once: nobody answered within 4 h"))
    #expect(!early.contains("lander approve") && !early.contains("lander reject"))
  }

  @Test("who cancels reads what becomes of hosts: they go back, stay because rollback is off, or the deployment has failed already")
  func cancelling() {
    func line(rollback: Bool = true, failed: Bool = false, done: Bool = false) -> String {
      let plan = Stories.plan().edited { $0.rollback = rollback }
      var facts: [Entry.Fact] = [.planned(plan), .happened(.started), .noted(.stageBegan(name: "rollout"))]
      if done { facts.append(.noted(.host(0, .succeeded))) }
      if failed { facts.append(.noted(.stageEnded(name: "rollout", error: ScriptError(Failure(.failed, "no"))))) }
      var report = PlainReport(on: Surface())
      return Stories.entries(facts + [.happened(.cancelled(reason: "Ctrl-C"))]).map { report.take($0, of: id) }.last ?? ""
    }
    #expect(line().hasSuffix("what runs is finished or ended, hosts are restored\n"))
    #expect(line(rollback: false).hasSuffix("hosts stay as they are: rollback is off\n"))
    #expect(line(failed: true).hasSuffix("Cancelling (Ctrl-C): it has failed already, and comes to its end\n"))
    #expect(
      line(failed: true, done: true).contains("comes to its end; ") && line(failed: true, done: true).hasSuffix(" still to go back\n"))
    #expect(line(rollback: false, failed: true, done: true).hasSuffix(" on the new release: rollback is off\n"))
  }

  @Test("an analysis tells what is compared with what, how much is allowed and how sure it is")
  func analysis() {
    let watch = Watch(
      .function(1), hosts: [0, 1], every: .seconds(10), looks: 61, comparison: Comparison(.rate, pairs: 1, margin: "+0.5pp", alpha: 0.01))
    let gate = Gate(.analysis, name: "errors", time: .minutes(10), watch: watch)
    let comment = "7.9 pp above the twins (6 to 9 pp), and +0.5pp is allowed; 1 pair of twins, 3 rounds of measurements"
    #expect(
      plain([.noted(.gateOpened(number: 1, gate)), .noted(.gateClosed(number: 1, GateAnswer(.fail, comment: comment)))])
        == """
        11:30:48  Gate 1: analysis "errors": the rate of failures every 10 s for 10 m at most, +0.5pp allowed, alpha 0.01, of web1 with \
        web2, until 11:40:48 at the latest, if all measurements are needed
                    → lander promote 20261121-113045-x7k2 1  passes it now
        11:30:49  Gate 1: errors failed after 1 s: \(comment)

        """)
    var report = LinesOfJSON()
    let line = entries([.noted(.gateOpened(number: 1, gate))]).map { report.take($0, of: "d") }[3]
    #expect(line.hasSuffix(#""hosts":["web1","web2"],"every_ms":10000,"margin":"+0.5pp","alpha":0.01,"pairs":1}"# + "\n"), "\(line)")
  }

  @Test("lines of JSON have a gate's question and its answer")
  func json() {
    var report = LinesOfJSON()
    let lines = entries([
      .noted(.gateOpened(number: 1, Self.watch)), .noted(.gateClosed(number: 1, GateAnswer(.pass, by: "lee@ci", comment: "ok"))),
      .noted(.stopped(reason: "enough", left: [1])),
    ]).map { report.take($0, of: "d") }
    #expect(
      lines[3].hasSuffix(
        #""type":"gate_opened","gate":1,"kind":"check","name":"health","time_ms":600000,"on_fail":"fail","#
          + #""hosts":["web1","web2"],"every_ms":10000}"# + "\n"), "\(lines[3])")
    #expect(
      lines[4].hasSuffix(#""type":"gate_closed","gate":1,"verdict":"pass","by":"lee@ci","verified":false,"comment":"ok"}"# + "\n"),
      "\(lines[4])")
    #expect(lines[5].hasSuffix(#""type":"stopped","reason":"enough","left":["web2"]}"# + "\n"), "\(lines[5])")
  }

  @Test("a deployment that ended on purpose says why, and what is typed next")
  func partial() {
    let story = DeploymentStory(
      entries([
        .noted(.host(0, .changing)), .noted(.host(0, .succeeded)), .noted(.stopped(reason: "the rest on Monday", left: [1])),
        .noted(.stageEnded(name: "rollout", error: nil)), .concluded(Conclusion(status: .partial, hosts: [.succeeded, .pending])),
      ]))
    let summary = Summary(story)
    #expect(summary.exit == .partial)
    #expect(
      summary.lines(on: Surface()).joined(separator: "\n")
        == """
        Stopped on purpose: web of shop to production, deployment 20261121-113045-x7k2, 7 s. 1 host on the old revision: the rest on Monday
          Hosts   1 succeeded · 1 not started

          Next
            lander deploy web --group production --missing  brings the other hosts to it too
            lander rollback web --group production          takes the changed hosts back
        """)
  }

  @Test(
    "a rejection, a missed deadline and a bad release have exit codes of their own, if the hosts are as before",
    arguments: [
      (Failure.Kind.rejected, ExitCode.rejected), (.unfit, .unfit), (.failed, .rolledBack),
    ])
  func exits(kind: Failure.Kind, code: ExitCode) {
    let error = ScriptError(Failure(kind, "no"))
    let failed = Conclusion(status: .failed, error: error, rollback: [0], hosts: [.succeeded, .pending])
    #expect(ExitCode(failed, rollback: Conclusion(status: .succeeded, hosts: [.succeeded])) == code)
    #expect(ExitCode(failed, rollback: Conclusion(status: .failed, error: error, hosts: [.failed(error)])) == .rollbackFailed)
    #expect(ExitCode(Conclusion(status: .failed, error: error, hosts: [.pending, .pending])) == code)
    #expect(ExitCode(failed) == .held)
  }

  @Test("what runs on the engine's own machine is shown with its time, in the live view, in the heartbeat and to who ends it")
  func here() {
    let intent = Intent(id: 7, place: .engine, operation: .run(Command(.shell("make check"))), timeout: .minutes(30), site: Intent.Site())
    let entries = Stories.entries([.planned(Stories.plan()), .noted(.stageBegan(name: "gate")), .intended(intent)])
    var live = LiveReport(on: Surface(width: 100, height: 20, terminal: true))
    var plain = PlainReport(on: Surface())
    for entry in entries { (_, _) = (live.take(entry, of: "x"), plain.take(entry, of: "x")) }
    #expect(live.tick(Stories.start + .seconds(62)).contains("here  run make check, for 1 m"), "two minutes after the start")
    #expect(plain.tick(Stories.start + .seconds(62)).contains("0 of 2 hosts done; here: run make check, for 1 m"))
    #expect(EndingWords(DeploymentStory(entries)).late.hasPrefix("Not finished yet: here (run make check). If"))
    let end = Entry(sequence: 3, at: Stories.start + .seconds(63), fact: .happened(.finished(intent: 7, .done())))
    #expect(!live.take(end, of: "x").contains("make") && !live.tick(Stories.start + .seconds(64)).contains("make check"))
  }

  @Test("who ends a deployment is told that hosts go back only while some are not at their end, and of a rollback only if there is one")
  func goingBack() {
    func words(_ statuses: [Note], isFirst: Bool = false) -> String {
      EndingWords(DeploymentStory(Stories.entries([.planned(Stories.plan(isFirst: isFirst))] + statuses.map { .noted($0) }))).late
    }
    let half = words([.host(0, .succeeded), .host(1, .changing)])
    #expect(half.contains("web1 (to go back), web2"), "\(half)")
    let all = words([.host(0, .succeeded), .host(1, .succeeded)])
    #expect(!all.contains("go back"), "\(all)")
    #expect(half.contains("lander rollback web"))
    let first = words([.host(0, .changing)], isFirst: true)
    #expect(!first.contains("lander rollback"), "no host has a release to go back to: \(first)")
  }
}
