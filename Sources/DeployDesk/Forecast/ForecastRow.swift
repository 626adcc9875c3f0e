import DeployModel
import DeploySimulation

/// The results of one strategy's runs with one fault.
package struct ForecastRow: Sendable {
  /// The numbers of one run.
  struct Run: Sendable {
    var isStopped: Bool
    var duration: Interval
    var exposed: Int
    /// The time from the start of the first bad host to the deployment's failure, or nil if no bad host began or none was found.
    var foundAfter: Interval?
    /// Why the run did not succeed, or nil if it succeeded.
    var reason: String?
    /// Why looks could not decide, so that a person was asked; nil: no person was.
    var undecided: String?

    init(_ run: FleetRun, of hosts: Int) {
      let status = run.conclusion?.status
      isStopped = status != .succeeded && status != .partial
      (duration, exposed, foundAfter) = (run.duration, run.exposed, run.foundAfter)
      undecided = run.undecided
      reason = run.conclusion?.error?.failure.message
    }
  }

  /// The median, the 90th percentile and the maximum of a list of numbers.
  package struct Spread: Sendable, Hashable {
    package let median: Int
    package let most90: Int
    package let most: Int

    /// Creates the values of a list, or nil if the list is empty.
    init?(_ numbers: [Int]) {
      guard let last = numbers.max() else { return nil }
      let sorted = numbers.sorted()
      (median, most90, most) = (sorted[(sorted.count - 1) / 2], sorted[(sorted.count * 9 - 1) / 10], last)
    }
  }

  package let strategy: String
  /// The fault, as it was typed.
  package let fault: String
  /// Whether the fault is in the release. If false, it is in hosts or connections.
  private let isOfRelease: Bool
  /// The number of runs.
  package let runs: Int
  /// The number of runs that failed and were rolled back.
  package let stopped: Int
  /// The number of runs that would have stopped without the engine's retry, or nil if a retry cannot help against this row's fault.
  package var stoppedWithoutRetry: Int?
  /// The duration of the runs that succeeded, in milliseconds, or nil if none succeeded.
  package let duration: Spread?
  /// The number of hosts that began in a run.
  package let exposed: Spread?
  /// The time from the start of the first bad host to the deployment's failure, in milliseconds, or nil if unknown.
  package let foundAfter: Spread?
  /// Why the first failed run failed, or nil if no run failed.
  package let reason: String?
  /// The number of runs in which looks at hosts could not decide, so that a person was asked.
  package let undecided: Int
  /// Why looks could not decide in the first of these runs; nil: there was none.
  package let doubt: String?

  init(strategy: String, faults: FleetFaults, runs: [Run]) {
    self.strategy = strategy
    (fault, isOfRelease) = (faults.text, faults.isOfRelease)
    self.runs = runs.count
    stopped = runs.count(where: \.isStopped)
    duration = Spread(runs.filter { !$0.isStopped }.map(\.duration.milliseconds))
    exposed = Spread(runs.map(\.exposed))
    foundAfter = Spread(runs.compactMap { $0.foundAfter?.milliseconds })
    undecided = runs.count { $0.undecided != nil }
    doubt = runs.lazy.compactMap(\.undecided).first
    reason = runs.lazy.compactMap(\.reason).first
  }

  /// The fraction of runs that stopped although the release was good, or nil if the release was bad.
  package var wrongStops: Double? { isOfRelease ? nil : share(stopped) }
  /// The fraction of runs that would have stopped without the engine's retry although the release was good, or nil if unknown.
  package var wrongStopsWithoutRetry: Double? { isOfRelease ? nil : stoppedWithoutRetry.map(share) }
  /// The fraction of runs that stopped a bad release, or nil if the release was good.
  package var found: Double? { isOfRelease ? share(stopped) : nil }

  /// The share of runs in which looks at hosts could not decide, so that a person was asked.
  package var undecidedShare: Double { share(undecided) }

  private func share(_ count: Int) -> Double { runs == 0 ? 0 : Double(count) / Double(runs) }
}
