import DeployCore
import DeployModel

/// The scripts of a simulated rollout. Drawn measurements replace the functions that measure hosts for an analysis. All other functions
/// run.
final class DrawnMeasures: Scripts {
  /// Why the fault does not fit an analysis of the recipe, or nil if it fits.
  private(set) var problem: Problem?

  private let scripts: any Scripts
  private let hosts: FleetHosts
  private let metrics: FleetMetrics
  private let faults: FleetFaults
  private let seed: UInt64
  /// The analyses that the strategy asked for, by the function that measures. A later analysis with the same function replaces an earlier
  /// one.
  private var analyses: [Int: Watch] = [:]
  private var requests: [ScriptID: Request] = [:]
  private var series: [FleetSeries?]

  /// Whether the strategy has asked for an analysis so far.
  var hasAnalysed: Bool { !analyses.isEmpty }

  private struct Request {
    var host: Int
    var watch: Watch
  }

  init(_ scripts: any Scripts, _ hosts: FleetHosts, _ metrics: FleetMetrics, _ faults: FleetFaults, seed: UInt64) {
    self.scripts = scripts
    self.hosts = hosts
    self.metrics = metrics
    self.faults = faults
    self.seed = seed
    series = Array(repeating: nil, count: hosts.draws.count)
  }

  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    guard body.recipe == 0, case .host(let host) = subject, series.indices.contains(host), let watch = analyses[body.function] else {
      return scripts.start(script, body, on: subject)
    }
    requests[script] = Request(host: host, watch: watch)
  }

  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    if let request = requests.removeValue(forKey: script) { return Step(.ended(.returned(measure(request)))) }
    let step = scripts.step(script, answer)
    if case .asked(.decide(.gate(let gate))) = step.next, let watch = gate.watch { know(watch, at: gate.place) }
    return step
  }

  func kill(_ script: ScriptID) { if requests.removeValue(forKey: script) == nil { scripts.kill(script) } }

  private func know(_ watch: Watch, at place: SourcePlace?) {
    guard case .function(let function) = watch.question, let comparison = watch.comparison else { return }
    analyses[function] = watch
    guard let worse = faults.worse, let refusal = Self.refusal(of: worse, comparison.unit) else { return }
    let fix = comparison.unit == .rate ? "write worse=+0.5pp or worse=+20%" : "write worse=+20% or worse=+50ms"
    problem = Problem("worse=\(worse): \(refusal)", place: place, subject: "--fault", fix: fix)
  }

  /// Returns why this kind of measurement cannot be that much worse, or nil if it can. If a rate is 100 percentage points worse, every
  /// request fails.
  private static func refusal(of worse: String, _ unit: Comparison.Unit) -> String? {
    if unit == .rate, worse.hasSuffix("pp"), let margin = Margin(worse) {
      return margin.absolute <= 1 ? nil : "a rate cannot be more than 100 percentage points worse"
    }
    return Margin.fault(worse, of: unit)?.message
  }

  private func measure(_ request: Request) -> Value {
    let host = request.host
    var own = series[host] ?? FleetSeries(host: host, seed: seed)
    defer { series[host] = own }
    let worse = hosts.hasRelease(host) ? faults.worse.flatMap { Margin($0) } : nil
    if request.watch.comparison?.unit == .value {
      let value = own.value(around: metrics.value)
      return .number(hosts.isIll(host) ? value * Self.illness : worse?.limit(value) ?? value)
    }
    let total = own.count(around: metrics.requests * Double(request.watch.every.milliseconds) / 1000)
    let failing = hosts.isIll(host) ? 1 : worse?.limit(metrics.failing) ?? metrics.failing
    return .text("\(own.failures(of: total, failing))/\(total)")
  }

  /// The factor by which the value of a host is larger if the host's checks fail.
  private static let illness = 10.0
}
