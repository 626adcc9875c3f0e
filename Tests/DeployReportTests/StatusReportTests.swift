import DeployCore
import DeployModel
import PlanDrafts
import SchemaCheck
import Testing

@testable import DeployReport

/// What status says about traffic and about deployments in the queue.
@Suite("Status: traffic and who waits")
struct StatusReportTests {
  private static func report(_ line: [LinePlace.Other]? = nil, _ traffic: KnownTraffic? = nil) -> StatusReport {
    var state = HostState(facts: HostFacts(shell: "dash", user: "root", bootID: "b", freeBytes: 1, freeInodes: 1))
    var other = state
    state.line = line
    other.current = "8d1e00112233"
    var report = StatusReport(
      "web on production", hosts: [("web1/blue", .reached(state)), ("web1/green", .reached(other))], now: Stories.start)
    report.traffic = traffic
    return report
  }

  private static func words(_ report: StatusReport) -> String { report.lines(on: Surface()).joined(separator: "\n") }

  @Test("each slot has its share, with since when and by whom; what is not known is called so")
  func traffic() throws {
    let weights = try #require(Weights([Weights.Share("blue", 0), Weights.Share("green", 100)]))
    let known = Self.report(nil, KnownTraffic(weights, since: Stories.start + .minutes(-5), by: "d1"))
    let text = Self.words(known)
    #expect(text.contains("TRAFFIC") && text.contains("100 %"), "\(text)")
    #expect(
      text.contains("Traffic: blue 0 %, green 100 %, since 5 m ago, set by deployment d1; the balancer was not asked"), "\(text)")
    #expect(known.trafficValue?["known"] == .bool(true) && known.trafficValue?["weights"]?["green"] == .int(100))
    #expect(known.value.list?.map { $0["traffic"] } == [.int(0), .int(100)])
    let unknown = Self.report(nil, KnownTraffic(unknown: "no deployment of this state folder has moved it"))
    #expect(Self.words(unknown).contains("Traffic: not known, because no deployment of this state folder has moved it"))
    #expect(unknown.trafficValue?["known"] == .bool(false) && unknown.value.list?.allSatisfy { $0["traffic"] == nil } == true)
    #expect(!Self.words(Self.report()).contains("TRAFFIC") && Self.report().trafficValue == nil)
  }

  @Test("who stands in line is named in order, with what it brings; of a long line the first ten, and fifty for machines")
  func waiting() {
    let line = (0..<60).map { number in
      LinePlace.Other(
        owner: "kim\(number)@desk", purpose: "deploy web of shop to production", since: Stories.start + .minutes(number - 60),
        revision: number == 0 ? Digest(hex: String(repeating: "b", count: 64)) : nil, isUrgent: number == 0)
    }
    let report = Self.report(line)
    let text = Self.words(report)
    #expect(
      text.contains("1. deploy web of shop to production, revision bbbbbbbbbbbb, by kim0@desk, since 1 h ago, urgent"), "\(text)")
    #expect(text.contains("In line for the lock on web1/blue: 60 deployments"), "\(text)")
    #expect(text.contains("by kim9@desk") && !text.contains("kim10@desk") && text.contains("… and 50 more"), "\(text)")
    let given = report.waitingValue.list?.first
    #expect(given?["count"] == .int(60) && given?["first"]?.list?.count == 50)
    #expect(Self.report().waitingValue == .list([]) && !Self.words(Self.report()).contains("In line"))
  }

  @Test("both fit docs/schemas/result.schema.json")
  func schema() throws {
    let schema = try Schema("docs/schemas/result.schema.json")
    let weights = try #require(Weights([Weights.Share("blue", 0), Weights.Share("green", 100)]))
    let report = Self.report(
      [LinePlace.Other(owner: "kim@desk", purpose: "deploy", since: Stories.start)],
      KnownTraffic(weights, since: Stories.start, by: "d1"))
    let value = Value.list([
      JSON.record([
        ("recipe", "web"), ("group", "production"), ("hosts", report.value), ("open", .list([])), ("traffic", report.trafficValue),
        ("waiting", report.waitingValue),
      ])
    ])
    let node = try Node(JSON.text(value))
    #expect(schema.faults(of: node, as: "status").isEmpty, "\(schema.faults(of: node, as: "status"))")
  }
}
