import DeployModel
import DeploySimulation

/// The results of one strategy's runs with one fault.
package struct ForecastRow: Sendable {
  /// The results of one run.
  struct Run: Sendable {
    var isStopped: Bool
    var duration: Interval
    var exposed: Int
    /// The time from the start of the first bad host until the deployment failed. Nil if no bad host was started, or if no failure
    /// followed.
    var foundAfter: Interval?
    /// Why the run did not succeed, or nil if it succeeded.
    var reason: String?
    /// Why the looks could not decide, so that a person was asked. Nil if nobody was asked.
    var undecided: String?
    /// Whether the strategy asked for an analysis.
    var hasAnalysed: Bool

    init(_ run: FleetRun, of hosts: Int) {
      let status = run.conclusion?.status
      isStopped = status != .succeeded && status != .partial
      (duration, exposed, foundAfter) = (run.duration, run.exposed, run.foundAfter)
      (undecided, hasAnalysed) = (run.undecided, run.hasAnalysed)
      reason = run.conclusion?.error?.failure.message
    }
  }

  /// The median, the 90th percentile and the maximum of a list of numbers.
  package struct Spread: Sendable, Hashable {
    package let median: Int
    package let most90: Int
    package let most: Int

    /// Computes the values for a list of numbers. Returns nil if the list is empty.
    init?(_ numbers: [Int]) {
      guard let last = numbers.max() else { return nil }
      let sorted = numbers.sorted()
      (median, most90, most) = (sorted[(sorted.count - 1) / 2], sorted[(sorted.count * 9 - 1) / 10], last)
    }
  }

  package let strategy: String
  /// The fault, as it was typed.
  package let fault: String
  /// Whether the fault is in the release. If false, the fault is in hosts or connections.
  private let isOfRelease: Bool
  /// The number of runs.
  package let runs: Int
  /// The number of runs that failed and were rolled back.
  package let stopped: Int
  /// The number of runs that would have stopped without the engine's retry, or nil if a retry cannot help against this row's fault.
  package var stoppedWithoutRetry: Int?
  /// The duration of the runs that succeeded, in milliseconds, or nil if none succeeded.
  package let duration: Spread?
  /// The number of hosts on which a run began to change something.
  package let exposed: Spread?
  /// The time from the start of the first bad host until the deployment failed, in milliseconds, or nil if unknown.
  package let foundAfter: Spread?
  /// Why the first failed run failed, or nil if no run failed.
  package let reason: String?
  /// The number of runs in which a person was asked because the looks could not decide.
  package let undecided: Int
  /// Why the looks could not decide in the first of these runs, or nil if there was no such run.
  package let doubt: String?
  /// Whether the row has the fault `worse` and no run had an analysis, so that nothing could find the fault.
  package let isUnmeasured: Bool

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
    isUnmeasured = faults.worse != nil && !runs.contains(where: \.hasAnalysed)
  }

  /// If the release was good, the fraction of runs that stopped nevertheless; otherwise nil.
  package var wrongStops: Double? { isOfRelease ? nil : share(stopped) }
  /// If the release was good, the fraction of runs that would have stopped without the engine's retry. Nil if the release was bad, or if
  /// the fraction is unknown.
  package var wrongStopsWithoutRetry: Double? { isOfRelease ? nil : stoppedWithoutRetry.map(share) }
  /// If the release was bad, the fraction of runs that stopped it; otherwise nil.
  package var found: Double? { isOfRelease ? share(stopped) : nil }

  /// The fraction of runs in which a person was asked because the looks could not decide.
  package var undecidedShare: Double { share(undecided) }

  private func share(_ count: Int) -> Double { runs == 0 ? 0 : Double(count) / Double(runs) }
}
