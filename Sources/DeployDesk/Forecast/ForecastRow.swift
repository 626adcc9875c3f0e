import DeployModel
import DeploySimulation

/// The results of one strategy's runs with one fault.
package struct ForecastRow: Sendable {
  /// One run, in numbers.
  struct Run: Sendable {
    var isStopped: Bool
    var duration: Interval
    var exposed: Int
    /// The time from the first bad host to the end; nil: no bad host was met, or it was not found.
    var foundAfter: Interval?
    /// Why the run did not succeed; nil: it succeeded.
    var reason: String?

    init(_ run: FleetRun, of hosts: Int) {
      let status = run.conclusion?.status
      isStopped = status != .succeeded && status != .partial
      (duration, exposed, foundAfter) = (run.duration, run.exposed, run.foundAfter)
      reason = run.conclusion?.error?.failure.message
    }
  }

  /// The median, the 90th percentile and the maximum of some numbers.
  package struct Spread: Sendable, Hashable {
    package let median: Int
    package let most90: Int
    package let most: Int

    /// - Returns: nil if there are no numbers.
    init?(_ numbers: [Int]) {
      guard let last = numbers.max() else { return nil }
      let sorted = numbers.sorted()
      (median, most90, most) = (sorted[(sorted.count - 1) / 2], sorted[(sorted.count * 9 - 1) / 10], last)
    }
  }

  package let strategy: String
  /// The fault, as it was typed.
  package let fault: String
  /// Whether the fault is a fault of the release.
  private let isOfRelease: Bool
  /// Number of runs.
  package let runs: Int
  /// Number of runs that failed and went back.
  package let stopped: Int
  /// The number of stopped runs without the one retry in place; nil: no fault of this row can disappear by a retry.
  package var stoppedWithoutRetry: Int?
  /// Milliseconds from beginning to end of the runs that succeeded.
  package let duration: Spread?
  /// Number of hosts on which a run began.
  package let exposed: Spread?
  /// Milliseconds from the beginning of the first bad host to the deployment's failure.
  package let foundAfter: Spread?
  /// Why the first failed run failed; nil: no run failed.
  package let reason: String?

  init(strategy: String, faults: FleetFaults, runs: [Run]) {
    self.strategy = strategy
    (fault, isOfRelease) = (faults.text, faults.isOfRelease)
    self.runs = runs.count
    stopped = runs.count(where: \.isStopped)
    duration = Spread(runs.filter { !$0.isStopped }.map(\.duration.milliseconds))
    exposed = Spread(runs.map(\.exposed))
    foundAfter = Spread(runs.compactMap { $0.foundAfter?.milliseconds })
    reason = runs.lazy.compactMap(\.reason).first
  }

  /// The share of runs that stopped although nothing is wrong with the release.
  package var wrongStops: Double? { isOfRelease ? nil : share(stopped) }
  /// The same share, without the retry.
  package var wrongStopsWithoutRetry: Double? { isOfRelease ? nil : stoppedWithoutRetry.map(share) }
  /// The share of runs that stopped a bad release.
  package var found: Double? { isOfRelease ? share(stopped) : nil }

  private func share(_ count: Int) -> Double { runs == 0 ? 0 : Double(count) / Double(runs) }
}
