import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("Spans of a deployment")
struct SpanTests {
  private let names = TraceNames(under: nil, random: (7, 9))

  private func spans(_ entries: [Entry]) -> [Value] {
    var fold = DeploymentSpans(names)
    return entries.flatMap { fold.take($0) }
  }

  @Test("each has its parent among them, the root has none, and a failure is told with its kind")
  func tree() throws {
    let all = spans(Stories.failing)
    let ids = all.compactMap { $0["spanId"]?.text }
    let root = try #require(all.last)
    #expect(Set(ids).count == all.count && root["parentSpanId"] == nil && root["name"]?.text == "RUN web")
    for span in all.dropLast() { #expect(ids.contains(span["parentSpanId"]?.text ?? ""), "\(span)") }
    #expect(JSON.text(root).contains(#"{"key":"cicd.pipeline.result","value":{"stringValue":"failure"}}"#))
    #expect(JSON.text(root).contains(#""startTimeUnixNano":"1795260645000000000""#))
    let hook = try #require(all.first { $0["name"]?.text == "ValidateService" })
    #expect(
      hook["status"]?["code"] == 2
        && hook["spanId"]?.text == names.parent(of: "20261121-113045-x7k2", host: "web1", event: "ValidateService").span)
  }

  @Test("a rollback hangs below the deployment that it takes back")
  func rollback() throws {
    let failed: Deployment.ID = "20261121-113045-x7k2"
    let plan = Stories.plan(kind: .rollback(of: failed), id: "20261121-113050-aaaa")
    let all = spans(Stories.entries([.planned(plan), .concluded(Conclusion(status: .succeeded, hosts: [.succeeded, .succeeded]))]))
    #expect(all.last?["parentSpanId"]?.text == names.span(failed) && all.last?["name"]?.text == "REVERT web")
  }

  @Test("a traceparent is read as W3C writes it, and anything else begins a trace of its own")
  func parents() {
    let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    #expect(TraceParent(text)?.text == text && TraceParent("01-" + text.dropFirst(3) + "-more") != nil)
    let none = [
      "", "00", text.uppercased(), text + "-more", "ff" + text.dropFirst(2), "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
    ]
    for text in none { #expect(TraceParent(text) == nil, "\(text)") }
  }

  @Test("measures say how long it took and how many hosts ended how, errors only if there was one")
  func measures() throws {
    let resource = OTLP.resource(service: "lander", version: "1", host: "here")
    let bad = OTLP.metrics(
      Stories.plan(), Conclusion(status: .failed, error: Stories.broken, hosts: [.restored(Stories.broken), .pending]),
      ended: Stories.start + .seconds(45), of: resource, version: "1")
    #expect(bad.contains(#""sum":45.0"#) && bad.contains(#""bucketCounts":["0","0","1","#) && bad.contains("cicd.pipeline.run.errors"))
    let good = OTLP.metrics(
      Stories.plan(), Conclusion(status: .succeeded, hosts: [.succeeded, .succeeded]), ended: Stories.start + .seconds(5), of: resource,
      version: "1")
    #expect(!good.contains("errors") && good.contains(#""asInt":"2""#) && !good.contains("error.type"))
  }
}
