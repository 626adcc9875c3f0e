import DeployModel
import DeploySimulation

/// What the runs of one strategy with one fault came to.
package struct ForecastRow: Sendable {
  /// One run, in numbers.
  struct Run: Sendable {
    var isStopped: Bool
    var duration: Interval
    var exposed: Int
    /// From the first bad host to the end; nil: nothing bad was met, or it was not found.
    var foundAfter: Interval?
    /// Why it did not succeed.
    var reason: String?

    init(_ run: FleetRun, of hosts: Int) {
      let status = run.conclusion?.status
      isStopped = status != .succeeded && status != .partial
      (duration, exposed, foundAfter) = (run.duration, run.exposed, run.foundAfter)
      reason = run.conclusion?.error?.failure.message
    }
  }

  /// The middle of sorted numbers, what nine of ten do not exceed, and the last one.
  package struct Spread: Sendable, Hashable {
    package let median: Int
    package let most90: Int
    package let most: Int

    /// - Returns: nil without any number.
    init?(_ numbers: [Int]) {
      guard let last = numbers.max() else { return nil }
      let sorted = numbers.sorted()
      (median, most90, most) = (sorted[(sorted.count - 1) / 2], sorted[(sorted.count * 9 - 1) / 10], last)
    }
  }

  package let strategy: String
  /// As it was typed.
  package let fault: String
  /// Whether something is wrong with the release.
  private let isOfRelease: Bool
  /// Number of runs.
  package let runs: Int
  /// Runs that failed and went back.
  package let stopped: Int
  /// The same runs without the one retry in place; nil: no fault goes away by it.
  package var stoppedWithoutRetry: Int?
  /// Milliseconds from beginning to end of the runs that came to a good end.
  package let duration: Spread?
  /// Hosts that were begun, of all runs.
  package let exposed: Spread?
  /// Milliseconds from when the first bad host was begun until the deployment failed.
  package let foundAfter: Spread?
  /// Why the first run failed that did; nil: none did.
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

  /// Of runs that stop a release with nothing wrong.
  package var wrongStops: Double? { isOfRelease ? nil : share(stopped) }
  /// The same without the retry.
  package var wrongStopsWithoutRetry: Double? { isOfRelease ? nil : stoppedWithoutRetry.map(share) }
  /// Of runs that stop a release with something wrong.
  package var found: Double? { isOfRelease ? share(stopped) : nil }

  private func share(_ count: Int) -> Double { runs == 0 ? 0 : Double(count) / Double(runs) }
}
