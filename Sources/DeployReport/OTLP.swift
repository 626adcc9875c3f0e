package import DeployModel

/// The JSON form of OpenTelemetry's OTLP (proto3 JSON, opentelemetry-proto 1.x). 64-bit numbers are strings, and ids are
/// hexadecimal.
package enum OTLP {
  /// Returns the attributes of the resource, which is the sender of the data.
  /// - Parameter service: the name under which a reader finds the data.
  package static func resource(service: String, version: String, host: String) -> Value {
    JSON.record([
      ("attributes", attributes([("service.name", .text(service)), ("service.version", .text(version)), ("host.name", .text(host))]))
    ])
  }

  /// Returns the body for `/v1/traces`.
  /// - Parameter spans: each span as JSON.
  package static func traces(_ spans: [String], of resource: Value, version: String) -> String {
    "{\"resourceSpans\":[{\"resource\":" + JSON.text(resource) + ",\"scopeSpans\":[{\"scope\":" + JSON.text(scope(version))
      + ",\"spans\":[" + spans.joined(separator: ",") + "]}]}]}"
  }

  /// Returns the body for `/v1/metrics` after a deployment has ended. It has the deployment's duration, its errors, and the number of hosts
  /// for each result. All of these are sums for this run alone (delta temporality), and a collector adds them up.
  package static func metrics(_ plan: Plan, _ conclusion: Conclusion, ended: Timestamp, of resource: Value, version: String) -> String {
    let common = DeploymentSpans.common(plan, conclusion)
    func point(_ facts: [(String, Value)], _ rest: [(String, Value?)]) -> Value {
      JSON.record(
        [
          ("startTimeUnixNano", .text(nanoseconds(plan.origin.at))), ("timeUnixNano", .text(nanoseconds(max(plan.origin.at, ended)))),
          ("attributes", attributes(facts)),
        ] + rest)
    }
    let seconds = max(0, Double((ended - plan.origin.at).milliseconds) / 1000)
    let bounds: [Double] = [10, 30, 60, 120, 300, 600, 1800, 3600, 14_400]
    let bucket = bounds.firstIndex { seconds <= $0 } ?? bounds.count
    let histogram = point(
      common,
      [
        ("count", "1"), ("sum", .number(seconds)), ("bucketCounts", .list((0...bounds.count).map { $0 == bucket ? "1" : "0" })),
        ("explicitBounds", .list(bounds.map { .number($0) })),
      ])
    var words: [String] = []
    for host in conclusion.hosts where !words.contains(host.word) { words.append(host.word) }
    let hosts = words.map { word in
      point(
        common + [("lander.host.status", .text(word))],
        [("asInt", .text("\(conclusion.hosts.count { $0.word == word })"))])
    }
    var all = [
      metric("cicd.pipeline.run.duration", "s", "histogram", [histogram], isSum: false),
      metric("lander.deployment.hosts", "{host}", "sum", hosts, isSum: true),
    ]
    if conclusion.status == .failed || conclusion.status == .refused {
      all.append(metric("cicd.pipeline.run.errors", "{error}", "sum", [point(common, [("asInt", "1")])], isSum: true))
    }
    let scoped = JSON.record([("scope", scope(version)), ("metrics", .list(all))])
    return JSON.text(JSON.record([("resourceMetrics", .list([JSON.record([("resource", resource), ("scopeMetrics", .list([scoped]))])]))]))
  }

  private static func metric(_ name: String, _ unit: String, _ kind: String, _ points: [Value], isSum: Bool) -> Value {
    let data = JSON.record([("aggregationTemporality", 1), ("isMonotonic", isSum ? true : nil), ("dataPoints", .list(points))])
    return JSON.record([("name", .text(name)), ("unit", .text(unit)), (kind, data)])
  }

  private static func scope(_ version: String) -> Value { JSON.record([("name", "lander"), ("version", .text(version))]) }

  static func nanoseconds(_ moment: Timestamp) -> String { "\(max(0, moment.milliseconds))000000" }

  static func attributes(_ facts: [(String, Value)]) -> Value {
    .list(
      facts.map { name, value in
        let coded: Value =
          switch value {
          case .int(let number): JSON.record([("intValue", .text("\(number)"))])
          case .bool(let bool): JSON.record([("boolValue", .bool(bool))])
          case .number(let number): JSON.record([("doubleValue", .number(number))])
          default: JSON.record([("stringValue", .text(value.text ?? ""))])
          }
        return JSON.record([("key", .text(name)), ("value", coded)])
      })
  }
}
