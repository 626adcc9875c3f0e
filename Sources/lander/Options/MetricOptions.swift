import ArgumentParser
import DeployDesk

/// The measurements that an analysis reads from simulated hosts. Each is nil if it was not given.
struct MetricOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "For analyses of a rate: the number of requests that a host serves in a second. Default: 10.", valueName: "count"))
  var requests: Double?
  @Option(
    help: ArgumentHelp(
      "For analyses of a rate: the share of requests that fail with the old release. Default: 0.1%.", valueName: "share"))
  var failing: String?
  @Option(
    help: ArgumentHelp(
      "For analyses of a value: the median value on hosts with the old release. Default: 100.", valueName: "number"))
  var value: Double?

  func validate() throws {
    if let requests, !(requests > 0 && requests <= 1_000_000) { throw ValidationError("--requests takes more than 0, and at most 1000000") }
    if failing != nil, failingShare == nil { throw ValidationError("--failing takes a share from 0 to 1, or from 0% to 100%") }
    if let value, !(value > 0 && value <= 1_000_000_000) { throw ValidationError("--value takes more than 0, and at most 1000000000") }
  }

  /// The share of requests that fail, from 0 to 1.
  var failingShare: Double? { failing.flatMap { Forecast.share($0) } }

  /// The measurements that were given, in words, or nil if none was given.
  var words: String? {
    let given = [
      requests.map { "--requests \(plain($0))" }, failing.map { "--failing \($0)" }, value.map { "--value \(plain($0))" },
    ].compactMap { $0 }
    return given.isEmpty ? nil : given.joined(separator: ", ")
  }

  /// Returns the number without a fraction of zero.
  private func plain(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }

  /// Sets the measurements that were given in a simulation of this size.
  func set(in size: inout Forecast.Size) { size.shows(requests: requests, failing: failingShare, value: value) }
}
