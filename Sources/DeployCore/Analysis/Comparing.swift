import DeployModel

/// The state of an analysis while it collects rounds of measurements, until the difference is clear or all rounds have been taken.
struct Comparing: Sendable, Hashable {
  let comparison: Comparison
  private var analysis: CanaryAnalysis
  /// For each host of the watch, by its index, the measurements that have not been compared yet.
  private var waiting: [[CanaryAnalysis.Measure?]]
  /// The number of measurements that failed.
  private var unanswered = 0
  /// Why the first of these measurements failed, or nil if none failed.
  private var firstSilence: String?
  private var hasData = false
  /// If the first rounds give no data, the analysis ends after this number of rounds.
  private static let patience = 3

  /// - Parameters:
  ///   - rounds: the number of measurements of each host, at least 1.
  ///   - countsGaps: as in `CanaryAnalysis`.
  init(_ comparison: Comparison, rounds: Int, countsGaps: Bool = true) {
    self.comparison = comparison
    analysis = CanaryAnalysis(
      pairs: comparison.pairs, margin: Margin(comparison.margin) ?? Margin(), alpha: comparison.alpha, rounds: rounds,
      countsGaps: countsGaps)
    waiting = (0..<2 * max(0, comparison.pairs)).map { _ in [] }
  }

  /// Returns why the analysis is impossible or could never reach a verdict, or nil if it might reach one.
  /// - Parameters:
  ///   - hosts: the number of hosts in the watch.
  ///   - isStrict: whether the margin's unit has to fit the measurement. False in plans with older rules.
  static func problem(_ comparison: Comparison, hosts: Int, rounds: Int, isStrict: Bool = true) -> Failure? {
    if let problem = CanaryAnalysis.problem(pairs: comparison.pairs, alpha: comparison.alpha, rounds: rounds) {
      return Failure(.invalid, problem, fix: comparison.pairs < 1 ? "leave hosts for later waves: each canary needs a twin" : nil)
    }
    guard hosts == 2 * comparison.pairs else {
      return Failure(
        .invalid, "\(comparison.pairs) pairs of twins are \(2 * comparison.pairs) different hosts, and there are \(hosts)",
        fix: "name each canary and each twin once")
    }
    if isStrict || Margin(comparison.margin) == nil, let fault = Margin.fault(comparison.margin, of: comparison.unit) {
      return Failure(.invalid, fault.message, fix: fault.fix)
    }
    let needed = CanaryAnalysis.pairsNeeded(comparison.alpha)
    guard comparison.unit == .value, comparison.pairs < needed else { return nil }
    let pairs = comparison.pairs == 1 ? "1 pair" : "\(comparison.pairs) pairs"
    let odds = "even if the release is worse on every host in every round of measurements, chance does that too"
    return Failure(
      .invalid, "\(pairs) of twins can detect nothing with an error of \(Words.number(comparison.alpha)): \(odds)",
      fix: "compare \(needed) pairs, allow a larger alpha, or measure a rate, which tells requests apart, not hosts")
  }

  /// Adds one measurement of a host (nil if there was no data), and the number of rounds that the host misses before its next measurement.
  /// - Parameter slot: the host's index in the watch.
  mutating func add(_ measure: CanaryAnalysis.Measure?, missed: Int = 0, at slot: Int) {
    guard waiting.indices.contains(slot) else { return }
    hasData = hasData || measure?.hasData == true
    waiting[slot].append(measure)
    for _ in 0..<missed { waiting[slot].append(nil) }
    while waiting.allSatisfy({ !$0.isEmpty }) {
      let round = waiting.indices.map { waiting[$0].removeFirst() }
      let pairs = comparison.pairs
      analysis.add((0..<pairs).map { CanaryAnalysis.Pair(canary: round[$0], twin: round[pairs + $0]) })
    }
  }

  /// Records that a measurement failed.
  mutating func silence(_ reason: String) {
    unanswered += 1
    if firstSilence == nil { firstSilence = reason }
  }

  /// The verdict and the comment with which the analysis ends, or nil if the analysis continues because further rounds might lead to a
  /// verdict.
  var end: (verdict: Verdict, comment: String)? {
    let finding = analysis.finding
    switch finding.verdict {
    case .bad: return (.fail, words(finding))
    case .good: return (.pass, words(finding))
    case .inconclusive(let reason): return (.inconclusive, reason + silences)
    case .notYet:
      guard !hasData, finding.rounds >= Self.patience else { return nil }
      return (.inconclusive, "no data came in \(finding.rounds) rounds of measurements" + silences)
    }
  }

  private var silences: String {
    guard let firstSilence else { return "" }
    return "; \(unanswered) \(unanswered == 1 ? "measurement" : "measurements") failed, the first on \(firstSilence)"
  }

  /// Returns the finding in words, such as `1.9 pp worse than the twins (1.2 to 2.8 pp), and +0.5pp is allowed; 3 pairs of twins, 7 rounds
  /// of measurements`.
  private func words(_ finding: CanaryAnalysis.Finding) -> String {
    let (factor, unit) = comparison.unit == .rate ? (100.0, " pp") : (1.0, "")
    let effect = (finding.effect ?? 0) * factor
    let range = finding.low.flatMap { low in
      finding.high.map { " (\(Words.number(low * factor)) to \(Words.number($0 * factor))\(unit))" }
    }
    let how = effect > 0 ? "\(Words.number(effect))\(unit) above" : effect < 0 ? "\(Words.number(-effect))\(unit) below" : "the same as"
    let pairs = finding.pairs == 1 ? "1 pair" : "\(finding.pairs) pairs"
    let rounds = finding.rounds == 1 ? "1 round" : "\(finding.rounds) rounds"
    return "\(how) the twins\(range ?? ""), and \(comparison.margin) is allowed; \(pairs) of twins, \(rounds) of measurements"
  }

  /// Writes numbers for people.
  enum Words {
    /// Returns a number with at most three significant digits, and without an exponent in the range of ordinary measurements.
    static func number(_ value: Double) -> String {
      guard value != 0, value.isFinite else { return value == 0 ? "0" : "\(value)" }
      var scale = 1.0
      while abs(value) * scale < 100, scale < 1e9 { scale *= 10 }
      let rounded = (value * scale).rounded() / scale
      if rounded == rounded.rounded(), abs(rounded) < 1e15 { return "\(Int(rounded))" }
      return "\(rounded)"
    }
  }
}

extension CanaryAnalysis.Measure {
  /// The largest number of requests in one round. Lua and JSON represent whole numbers exactly up to this number.
  private static let most = 1 << 53

  /// Reads a measurement in the form in which the prelude passes it: `3/1000` for a rate, or a number for a value. Returns nil if the value
  /// is not a measurement.
  init?(_ value: Value) {
    switch value {
    case .int(let number): self = .value(Double(number))
    case .number(let number): self = .value(number)
    case .text(let text):
      let parts = text.split(separator: "/").map { Int($0) }
      guard parts.count == 2, let failed = parts[0], let total = parts[1], failed >= 0, failed <= total, total <= Self.most else {
        return nil
      }
      self = .counts(failed: failed, of: total)
    default: return nil
    }
  }
}
