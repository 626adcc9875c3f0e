import ArgumentParser
import DeployDesk

/// The measurements that an analysis reads from simulated hosts.
struct MetricOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The number of requests that a host serves in a second, for analyses of a rate.", valueName: "count"))
  var requests = 10.0
  @Option(help: ArgumentHelp("The share of requests that fail with the old release, for analyses of a rate.", valueName: "share"))
  var failing = "0.1%"
  @Option(help: ArgumentHelp("The median of what a host with the old release measures, for analyses of a value.", valueName: "number"))
  var value = 100.0

  func validate() throws {
    if !(requests > 0 && requests <= 1_000_000) { throw ValidationError("--requests takes more than 0, and at most 1000000") }
    if Forecast.share(failing) == nil { throw ValidationError("--failing takes a share from 0 to 1, or from 0% to 100%") }
    if !(value > 0 && value <= 1_000_000_000) { throw ValidationError("--value takes more than 0, and at most 1000000000") }
  }

  /// Sets the measurements in a simulation of this size.
  func set(in size: inout Forecast.Size) {
    size.shows(requests: requests, failing: Forecast.share(failing) ?? 0, value: value)
  }
}
