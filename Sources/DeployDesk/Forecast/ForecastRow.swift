package import DeployModel
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
    /// Why the strategy ended the rollout on purpose before all hosts had changed, with success. Nil if it did not. Such a run neither
    /// stopped the release nor brought it to all hosts.
    var purpose: String?
    /// Why a gate was inconclusive, so that a person was asked. Nil if nobody was asked.
    var undecided: String?
    /// Whether the strategy asked for an analysis.
    var hasAnalysed: Bool
    /// The mistake in the recipe that ended a function, or nil if no mistake did. Such a run says nothing about the release.
    var mistake: Problem?

    init(_ run: FleetRun, of hosts: Int) {
      let status = run.conclusion?.status
      mistake = run.mistake
      isStopped = status != .succeeded && status != .partial && mistake == nil
      purpose = isStopped || mistake != nil ? nil : run.purpose
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
  /// The number of runs that a mistake in the recipe ended. All numbers below are about the other runs.
  package private(set) var broken: Int
  /// The mistake that ended the first of these runs, or nil if there was no such run.
  package private(set) var mistake: Problem?
  /// The number of runs that failed and were rolled back.
  package let stopped: Int
  /// The number of runs that the strategy ended on purpose before all hosts had changed. The shares and the duration are about the other
  /// runs.
  package let ended: Int
  /// Why the strategy ended the first of these runs, or nil if there was no such run.
  package let purpose: String?
  /// The number of runs that were not simulated, because too many runs had ended by the same mistake.
  package let skipped: Int
  /// The number of runs that the shares are about.
  package var counted: Int { runs - broken - ended }
  /// The number of runs that would have stopped without the engine's retry, or nil if a retry cannot help against this row's fault.
  package private(set) var stoppedWithoutRetry: Int?
  /// The number of runs without the engine's retry that neither a mistake in the recipe nor the strategy itself ended.
  private var soundWithoutRetry = 0
  /// The duration of the runs that succeeded, in milliseconds, or nil if none succeeded.
  package let duration: Spread?
  /// The number of hosts on which a run began to change something.
  package let exposed: Spread?
  /// The time from the start of the first bad host until the deployment failed, in milliseconds, or nil if unknown.
  package let foundAfter: Spread?
  /// Why the first failed run failed, or nil if no run failed.
  package let reason: String?
  /// The number of runs in which a person was asked because a gate was inconclusive.
  package let undecided: Int
  /// Why the gate was inconclusive in the first of these runs, or nil if there was no such run.
  package let doubt: String?
  /// Whether the row has the fault `worse` and no run had an analysis, so that nothing could find the fault.
  package let isUnmeasured: Bool
  /// Whether a run had an analysis.
  package let hasAnalysed: Bool

  /// - Parameter asked: the number of runs that were asked for.
  init(strategy: String, faults: FleetFaults, runs: [Run], of asked: Int) {
    self.strategy = strategy
    (fault, isOfRelease) = (faults.text, faults.isOfRelease)
    self.runs = runs.count
    skipped = asked - runs.count
    mistake = runs.lazy.compactMap(\.mistake).first
    let runs = runs.filter { $0.mistake == nil }
    broken = self.runs - runs.count
    stopped = runs.count(where: \.isStopped)
    ended = runs.count { $0.purpose != nil }
    purpose = runs.lazy.compactMap(\.purpose).first
    duration = Spread(runs.filter { !$0.isStopped && $0.purpose == nil }.map(\.duration.milliseconds))
    exposed = Spread(runs.map(\.exposed))
    foundAfter = Spread(runs.compactMap { $0.foundAfter?.milliseconds })
    undecided = runs.count { $0.undecided != nil }
    doubt = runs.lazy.compactMap(\.undecided).first
    reason = runs.lazy.compactMap(\.reason).first
    hasAnalysed = runs.contains(where: \.hasAnalysed)
    isUnmeasured = !runs.isEmpty && faults.worse != nil && !hasAnalysed
  }

  /// Adds the runs without the engine's retry.
  mutating func add(withoutRetry runs: [Run]) {
    let sound = runs.filter { $0.mistake == nil && $0.purpose == nil }
    (stoppedWithoutRetry, soundWithoutRetry) = (sound.count(where: \.isStopped), sound.count)
    mistake = mistake ?? runs.lazy.compactMap(\.mistake).first
  }

  /// If the release was good, the fraction of runs that stopped nevertheless; otherwise nil.
  package var wrongStops: Double? { isOfRelease ? nil : share(stopped, of: counted) }
  /// If the release was good, the fraction of runs that would have stopped without the engine's retry. Nil if the release was bad, or if
  /// the fraction is unknown.
  package var wrongStopsWithoutRetry: Double? { isOfRelease ? nil : stoppedWithoutRetry.flatMap { share($0, of: soundWithoutRetry) } }
  /// If the release was bad, the fraction of runs that stopped it; otherwise nil.
  package var found: Double? { isOfRelease ? share(stopped, of: counted) : nil }

  /// The fraction of runs that the strategy ended on purpose before all hosts had changed.
  package var endedShare: Double { share(ended, of: runs - broken) ?? 0 }
  /// The fraction of runs in which a person was asked because a gate was inconclusive.
  package var undecidedShare: Double { share(undecided, of: runs - broken) ?? 0 }

  /// Returns the fraction, or nil if there is no run.
  private func share(_ count: Int, of runs: Int) -> Double? { runs == 0 ? nil : Double(count) / Double(runs) }
}
