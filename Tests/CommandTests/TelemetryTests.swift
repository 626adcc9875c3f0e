import Foundation
import SchemaCheck
import Testing

@Suite("Telemetry", .serialized)
struct TelemetryTests {
  private static let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
  private static let body =
    #"on = { ValidateService = function(host) host:run("echo $TRACEPARENT > trace; echo $TOKEN", "#
    + #"{ env = { TOKEN = secret "TOKEN" } }) end },"#

  private func spans(_ collector: Collector) throws -> [Node] {
    try collector.requests.filter { $0.path == "/v1/traces" }.flatMap { request in
      try Node(request.body)["resourceSpans"]?.list.flatMap { $0["scopeSpans"]?.list.flatMap { $0["spans"]?.list ?? [] } ?? [] } ?? []
    }
  }

  private func attribute(_ name: String, of span: Node?) -> String? {
    span?["attributes"]?.list.first { $0["key"]?.text == name }?["value"]?["stringValue"]?.text
  }

  @Test("a deployment's trace reaches a collector under the caller's, hooks get their own place in it, and no secret is in it")
  func trace() throws {
    let collector = try Collector()
    let place = try Workplace.project(body: Self.body)
    let run = try place.lander(
      "deploy", "--otlp", collector.url,
      environment: ["TRACEPARENT": Self.caller, "TOKEN": "hunter2hunter2", "OTEL_EXPORTER_OTLP_HEADERS": "api-key=k%3D1"])
    #expect(run.code == 0 && !run.err.contains("did not receive"), "\(run.err)")
    let all = try spans(collector)
    let root = try #require(all.first { $0["name"]?.text == "RUN app" })
    #expect(root["traceId"]?.text == "4bf92f3577b34da6a3ce929d0e0e4736" && root["parentSpanId"]?.text == "00f067aa0ba902b7")
    #expect(attribute("cicd.pipeline.result", of: root) == "success" && attribute("deployment.environment.name", of: root) == "test")
    let hook = try #require(all.first { $0["name"]?.text == "ValidateService" && attribute("host.name", of: $0) == "h1" })
    let told = try place.current("h1", "trace").split(separator: "\n").first.map(String.init)
    #expect(told == "00-4bf92f3577b34da6a3ce929d0e0e4736-\(hook["spanId"]?.text ?? "")-01")
    #expect(Set(all.compactMap { $0["spanId"]?.text }).count == all.count && all.allSatisfy { $0["traceId"]?.text?.utf8.count == 32 })
    let everything = collector.requests.map { $0.head + $0.body }.joined()
    #expect(everything.contains("api-key: k=1") && !everything.contains("hunter2"))
    let metrics = try #require(collector.requests.first { $0.path == "/v1/metrics" })
    #expect(try Node(metrics.body)["resourceMetrics"]?.list.count == 1 && metrics.body.contains("cicd.pipeline.run.duration"))
  }

  @Test("a collector that fails, hangs or is not there fails no deployment, and it is said", arguments: ["fails", "hangs", "absent"])
  func trouble(_ manner: String) throws {
    let collector = try Collector(manner == "hangs" ? .hangs : .fails)
    let url = manner == "absent" ? "http://127.0.0.1:1" : collector.url
    let place = try Workplace.project()
    let run = try place.lander("deploy", environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": url])
    #expect(run.code == 0 && run.err.contains("did not receive") && run.err.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "\(run.err)")
  }

  @Test("an address that is none is refused before anything starts; one in the environment is told and fails nothing")
  func addresses() throws {
    let place = try Workplace.project()
    for url in ["ftp://x", "http://", "http://user:key@x", "http://x:99999", "http://x y"] {
      let run = try place.lander("deploy", "--otlp", url)
      #expect(run.code == 2 && run.err.contains("--otlp") && !run.err.contains("key@"), "\(url): \(run.err)")
    }
    #expect(!place.exists("hosts/h1/srv/app/current"))
    let run = try place.lander("deploy", environment: ["OTEL_EXPORTER_OTLP_ENDPOINT": "nowhere"])
    #expect(run.code == 0 && run.err.contains("OTEL_EXPORTER_OTLP_ENDPOINT"), "\(run.err)")
  }

  @Test("events reach an address in batches and a program's input line by line; a program that fails is said and fails nothing")
  func events() throws {
    let collector = try Collector()
    let place = try Workplace.project()
    #expect(try place.lander("deploy", "--events", collector.url + "/in").code == 0)
    let posted = try collector.requests.flatMap { try Node($0.body).list }
    #expect(posted.first?["type"]?.text == "lander.planned" && posted.last?["type"]?.text == "lander.concluded")
    #expect(collector.requests.allSatisfy { $0.path == "/in" && $0.head.contains("application/cloudevents-batch+json") })
    let run = try place.lander("deploy", "--force", "--events", "exec:cat > taken; exit 3")
    #expect(run.code == 0 && run.err.contains("ended with status 3"), "\(run.err)")
    let lines = try place.text("taken").split(separator: "\n").map { try Node(String($0)) }
    #expect(lines.first?["type"]?.text == "lander.planned" && lines.last?["type"]?.text == "lander.concluded")
  }
}
