import DeployDesk
import DeployModel
import DeployReport
import Synchronization

/// While deployments run, sends their OpenTelemetry spans and metrics to a collector, and passes the trace on to commands on hosts.
final class Telemetry: Sendable {
  private struct State {
    var spans: DeploymentSpans
    var plan: Plan?
  }
  private let state: Mutex<State>
  private let queue: PostQueue
  private let resource: Value

  /// The trace of this process. It is the caller's trace if `TRACEPARENT` has one, and otherwise a new trace. Nil if no spans are sent.
  private static let names = Mutex<TraceNames?>(nil)
  private static var caller: TraceParent? { Folder.variable("TRACEPARENT").flatMap { TraceParent($0) } }

  /// Returns the `TRACEPARENT` of a deployment's command, or nil if there is no trace.
  static func parent(of deployment: Deployment.ID, host: String?, event: String?) -> String? {
    names.withLock { $0 }.map { $0.parent(of: deployment, host: host, event: event).text } ?? caller?.text
  }

  /// Finds out where to send data: from the command line or, if it does not say, from the environment.
  /// - Parameter url: the value of `--otlp`, or nil if the option was not given.
  /// - Throws: `Problems` if the value on the command line is not an address. An error in the environment is only reported, and nothing is
  ///   sent.
  init?(_ url: String?, _ terminal: Terminal) throws(Problems) {
    let settings: TelemetrySettings
    do throws(Problems) {
      guard let found = try TelemetrySettings(url, Folder.variable) else { return nil }
      settings = found
    } catch {
      if url != nil { throw error }
      for problem in error.list { terminal.warn(problem) }
      return nil
    }
    let names =
      Self.names.withLock { $0 }
      ?? TraceNames(under: Self.caller, random: (UInt64.random(in: 1...UInt64.max), UInt64.random(in: 0...UInt64.max)))
    Self.names.withLock { $0 = names }
    state = Mutex(State(spans: DeploymentSpans(names)))
    let resource = OTLP.resource(service: settings.service, version: Version.number, host: Identity.machine)
    self.resource = resource
    let (traces, metrics) = (settings.traces, settings.metrics)
    queue = PostQueue(to: settings.words, option: settings.origin) { pieces, kind in
      // A metric is a complete request body, whereas a span is only a part of one.
      if kind == 1 {
        // This is a loop, because `first` of a lazy `compactMap` would post a failed piece twice.
        for piece in pieces { if let reason = metrics.post(piece) { return reason } }
        return nil
      }
      return traces.post(OTLP.traces(pieces, of: resource, version: Version.number))
    }
  }

  func take(_ event: RunningEvent) {
    switch event {
    // Data that an earlier engine sent is not sent again.
    case .recalled(_, let entry), .repeated(_, let entry): _ = spans(of: entry)
    case .entry(_, let entry):
      for span in spans(of: entry) { queue.add(JSON.text(span)) }
      if case .concluded(let conclusion) = entry.fact, let plan = state.withLock({ $0.plan }) {
        queue.add(OTLP.metrics(plan, conclusion, ended: entry.at, of: resource, version: Version.number), kind: 1)
      }
    case .output, .notice: break
    }
  }

  private func spans(of entry: Entry) -> [Value] {
    state.withLock { state in
      if case .planned(let plan) = entry.fact { state.plan = plan }
      return state.spans.take(entry)
    }
  }

  /// Sends what is left, and reports what could not be sent.
  func finish(_ terminal: Terminal) async {
    if let problem = await queue.finish() { terminal.warn(problem) }
  }
}

/// The addresses for OpenTelemetry's data, and the name of the sender.
struct TelemetrySettings {
  let traces: Poster
  let metrics: Poster
  let service: String
  /// The option or variable that contains the address.
  let origin: String
  var words: String { traces.address.words }

  /// - Returns: nil if no data is wanted.
  /// - Throws: `Problems` if the address, the headers or the protocol cannot be used.
  init?(_ url: String?, _ variable: (String) -> String?) throws(Problems) {
    func set(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
    let base = "OTEL_EXPORTER_OTLP_ENDPOINT"
    guard set("OTEL_SDK_DISABLED")?.lowercased() != "true" || url != nil, let text = url ?? set(base) else { return nil }
    origin = url == nil ? base : "--otlp"
    if url == nil, let wanted = set("OTEL_EXPORTER_OTLP_PROTOCOL"), !wanted.hasPrefix("http/") {
      throw Problems(
        Problem(
          "OTEL_EXPORTER_OTLP_PROTOCOL wants \(wanted), and lander speaks http/json: nothing is sent", subject: base,
          fix: "--otlp http://HOST:4318, where collectors take HTTP"))
    }
    let headers = try Self.headers(set("OTEL_EXPORTER_OTLP_HEADERS") ?? "")
    traces = Poster(address: try PostAddress(text, adding: "/v1/traces", option: origin), type: "application/json", headers: headers)
    metrics = Poster(address: try PostAddress(text, adding: "/v1/metrics", option: origin), type: "application/json", headers: headers)
    service = set("OTEL_SERVICE_NAME").flatMap { Provenance.line($0, limit: 200) } ?? "lander"
    if traces.address.isSecure, Folder.program("curl") == nil {
      throw Problems(
        Problem("https needs curl, which is not installed", subject: origin, fix: "install curl, or name a collector by http://"))
    }
  }

  /// Reads headers such as `api-key=abc,team=shop`, with percent-encoded values.
  static func headers(_ text: String) throws(Problems) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(sides[0].filter { $0 != " " })
      let value = sides.count > 1 ? Self.decoded(sides[1]) : nil
      let isName = !name.isEmpty && name.utf8.allSatisfy { (0x21..<0x7F).contains($0) && $0 != 0x3A }
      // The value might be a key, so it is not shown.
      guard isName, let value, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw Problems(
          Problem("a part of it is no NAME=VALUE of a header", subject: "OTEL_EXPORTER_OTLP_HEADERS", fix: "api-key=…,team=shop"))
      }
      headers.append((name, value))
    }
    return headers
  }

  private static func decoded(_ text: Substring) -> String? {
    var (bytes, rest): ([UInt8], Substring.UTF8View) = ([], text.utf8)
    while let byte = rest.popFirst() {
      guard byte == 0x25, let number = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
        bytes.append(byte)
        continue
      }
      bytes.append(number)
      rest = rest.dropFirst(2)
    }
    let value = String(validating: bytes, as: UTF8.self)
    return value.map { String($0.trimmingPrefix { $0 == " " }) }
  }
}
