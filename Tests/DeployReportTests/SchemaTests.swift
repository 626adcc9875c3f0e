import DeployModel
import DeployReport
import PlanDrafts
import SchemaCheck
import Testing

@Suite("Schemas of what programs read")
struct SchemaTests {
  private static let gate = Gate(.check, name: "watch", time: .minutes(1))
  private static let signed = Gate(.approval, name: "go", time: .minutes(1), from: ["kim", "ann"], count: 2)
  private static let approval = SignedApproval(by: "kim", comment: "ok", at: Stories.start)
  private static let message = Message(id: "m1", .pause, gate: "watch", by: "kim@laptop", comment: "slow", at: Stories.start)
  private static let weights = [Weights([.init("blue", 100)]), Weights([.init("green", 100)])].compactMap { $0 }

  /// A fact of each kind.
  private static var facts: [Entry.Fact] {
    [
      .happened(.rang(timer: 1)), .happened(.cancelled(reason: "Ctrl-C")), .happened(.said(message)),
      .happened(.overtaken(Failure(.fenced, "newer"))), .resumed(actor: "kim@laptop"), .noted(.paused(message)), .noted(.paused(nil)),
      .noted(.gateOpened(number: 1, gate)), .noted(.gateClosed(number: 1, GateAnswer(.pass, by: "kim@laptop", comment: "ok"))),
      .noted(.gateOpened(number: 2, signed)), .noted(.gateClosed(number: 2, GateAnswer(.pass, by: "kim", signed: [approval]))),
      .happened(.parks(Parking(at: Stories.start, until: Stories.start))), .happened(.unparks(by: "kim@laptop", claim: "", reason: "r")),
      .happened(.revived), .noted(.parked(until: Stories.start)), .noted(.parked(until: nil)), .noted(.serviceChanged(host: 0, .out)),
      .noted(.shifted(from: weights[0], to: weights[1])), .noted(.stopped(reason: "r", left: [1])),
      .noted(.log(host: 0, LogLine(.info, "text"))), .noted(.remark("text")), .noted(.answered(message: "m1", accepted: true, "ok")),
      .noted(.eventSkipped(host: 0, .install, reason: "nothing there")), .noted(.waveBegan(number: 2, hosts: [0], upto: .stop)),
      .noted(.waveEnded(number: 2, WaveResult(succeeded: [0], failed: [], ready: [1]))),
      .noted(.host(0, .restoreFailed(Stories.broken, restoring: Stories.broken, commands: ["ls"]))),
      .concluded(
        Conclusion(
          status: .failed, error: Stories.broken, rollback: [0], hosts: [.succeeded, .pending],
          traffic: StrayTraffic(wanted: weights[0], message: "away", commands: ["x"]))),
    ]
  }

  @Test("every line of the event stream fits docs/schemas/event.schema.json, and its numbers have no gap")
  func events() throws {
    let schema = try Schema("docs/schemas/event.schema.json")
    let provenance = Provenance(
      actor: "kim", message: "why", labels: [Label(name: "a", value: "b")],
      commit: Commit(id: "c", branch: "main", tag: "v1", subject: "s", at: Stories.start, isDirty: true),
      changes: CommitRange(from: "d", total: 1, newest: [CommitRange.Line(id: "c", author: "Kim", subject: "s")]),
      job: Provenance.Job(system: "gitlab", url: "https://git.example"))
    let planned = Entry.Fact.planned(Stories.plan().edited { $0.provenance = provenance })
    let entries = Stories.entries([planned] + Stories.failing.dropFirst().map(\.fact) + Self.facts)
    var lines = EntryLines()
    var kinds: Set<String> = []
    for (number, entry) in entries.enumerated() {
      let line = try Node(lines.line(entry, of: "x"))
      #expect(schema.faults(of: line).isEmpty, "\(schema.faults(of: line))")
      #expect(line["seq"]?.int == number)
      kinds.insert(line["type"]?.text ?? "")
    }
    // Fields and values that the schema does not allow are found.
    var strange = try Node(#"{"v":2,"seq":-1,"ts":"t","deployment":"d","type":"new","more":1}"#)
    #expect(schema.faults(of: strange).count == 4)
    strange = try Node(#"{"v":1}"#)
    #expect(schema.faults(of: strange).count == 4)
    #expect(kinds.count == 33, "\(kinds.sorted())")
  }

  @Test("every end of a command fits docs/schemas/result.schema.json, and says its cause and whether to try again")
  func ends() throws {
    let schema = try Schema("docs/schemas/result.schema.json")
    for code in ExitCode.allCases {
      for problems in [[], [Problem("message", place: SourcePlace(file: "deploy.lua", line: 3), subject: "web1", fix: "fix")]] {
        var end = EndLine(code, deployments: ["d1", "d2"], problems: problems)
        end.command = "check"
        end.result = #"{"recipes":["a"],"groups":[],"warnings":[]}"#
        let node = try Node(end.line)
        #expect(schema.faults(of: node).isEmpty, "\(schema.faults(of: node))")
        #expect(schema.faults(of: try #require(node["result"]), as: "check").isEmpty)
        #expect((node["cause"] == nil) == (code == .done) && (node["message"] == nil) == (code == .done && problems.isEmpty))
      }
    }
    let retried = ExitCode.allCases.filter(\.isSafeToRetry)
    #expect(retried == [.locked, .unreachable, .infrastructure])
    #expect(ExitCode.unfit.cause == "release" && ExitCode.locked.cause == "busy" && ExitCode.paused.cause == "person")
  }

  @Test("each entry is a CloudEvent whose id is its own, and whose data is the line that the event stream has")
  func cloudEvents() throws {
    let schema = try Schema("docs/schemas/cloudevent.schema.json")
    var (events, lines) = (CloudEvents(), EntryLines())
    var ids: Set<String> = []
    for entry in Stories.failing {
      let event = try Node(events.line(entry, of: "d 1"))
      #expect(schema.faults(of: event).isEmpty, "\(schema.faults(of: event))")
      #expect(event["data"] == (try Node(lines.line(entry, of: "d 1"))))
      let type = event["data"]?["type"]?.text ?? ""
      #expect(event["type"]?.text == "lander.\(type)" && event["source"]?.text == "/lander/shop/production", "\(event)")
      ids.insert(event["id"]?.text ?? "")
    }
    #expect(ids.count == Stories.failing.count)
    let plan = Stories.plan().edited { $0.group = "eu/west 1" }
    let strange = try Node(events.line(Entry(sequence: 0, at: Stories.start, fact: .planned(plan)), of: "d2"))
    #expect(strange["source"]?.text == "/lander/shop/eu%2Fwest%201")
  }

  @Test("reports of deployments fit their schema")
  func deployments() throws {
    let schema = try Schema("docs/schemas/result.schema.json")
    let report = AccountReport(DeploymentStory(Stories.failing), state: "failed")
    let node = try Node(JSON.text(report.value))
    #expect(schema.faults(of: node, as: "deployment").isEmpty, "\(schema.faults(of: node, as: "deployment"))")
  }
}
