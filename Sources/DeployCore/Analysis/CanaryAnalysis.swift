import DeployModel

/// Compares hosts that have a release (canaries) with hosts that do not have it (their twins), to find out whether the release is worse
/// than a margin allows. It takes rounds of measurements: each round measures every host once. A caller is allowed to ask for the finding
/// after every round, because the error probability covers all rounds together.
package struct CanaryAnalysis: Sendable, Hashable {
  /// What was measured on a host in one interval.
  package enum Measure: Sendable, Hashable {
    /// The number of failed requests and the number of all requests. Zero requests are a measurement without data.
    case counts(failed: Int, of: Int)
    /// One number, such as the p95 of the host's latency.
    case value(Double)

    /// Whether the measurement contains data: a value, or counts of at least one request.
    var hasData: Bool { if case .counts(_, let total) = self { total > 0 } else { true } }
  }

  /// The measurements of a canary and its twin in one interval. A measurement is nil if its host gave none.
  package struct Pair: Sendable, Hashable {
    package var canary: Measure?
    package var twin: Measure?
    package init(canary: Measure?, twin: Measure?) { (self.canary, self.twin) = (canary, twin) }

    /// Whether both hosts gave a measurement.
    var isWhole: Bool { canary != nil && twin != nil }
  }

  package enum Verdict: Sendable, Hashable {
    /// The release is worse than the margin allows.
    case bad
    /// The release is not worse than the margin allows.
    case good
    /// The data does not allow a verdict yet, but further rounds might.
    case notYet
    /// All rounds have been taken without a verdict, or no round could have led to a verdict. The string says why.
    case inconclusive(String)
  }

  /// The verdict after the rounds so far, with the numbers behind it.
  package struct Finding: Sendable, Hashable {
    package var verdict: Verdict
    /// The result of the canaries minus the result of the twins, or nil if there is no data.
    package var effect: Double?
    /// The lower bound of the difference between rates, or nil if unknown.
    package var low: Double?
    /// The upper bound of the difference between rates, or nil if unknown.
    package var high: Double?
    /// The number of rounds so far.
    package var rounds: Int
    /// The number of pairs that had data in at least one round.
    package var pairs: Int
  }

  private let margin: Margin
  private let alpha: Double
  private let most: Int
  /// The counts of requests, summed over all canaries and over all twins.
  private var canaries = RateBounds()
  private var twins = RateBounds()
  /// The evidence that the canaries' values are above the margin's limit.
  private var worse: TwinSigns
  /// The evidence that the canaries' values are below the margin's limit.
  private var better: TwinSigns
  private var sums = Sums()
  private var spoke = Sides()
  private var hasCounts: Bool { spoke.canary || spoke.twin }
  /// For each pair, whether it had data in at least one round.
  private var seen: [Bool]
  /// For each pair, the number of rounds in which both hosts were measured.
  private var whole: [Int]
  /// Whether a round counts for a pair only if both hosts of the pair were measured. If true, a release is good only if each pair was
  /// measured in at least half of the rounds.
  private let countsGaps: Bool
  private var taken = 0
  /// The verdict *bad* or *good* once the data has shown it, and nil before that. The verdict is final, because the error probability
  /// covers all rounds together.
  private(set) var shown: Verdict?

  /// Which sides have had data about requests in at least one round.
  private struct Sides: Sendable, Hashable {
    var canary = false
    var twin = false

    mutating func hear(_ pair: Pair) {
      if case .counts(_, 1...)? = pair.canary { canary = true }
      if case .counts(_, 1...)? = pair.twin { twin = true }
    }
  }

  private struct Sums: Sendable, Hashable {
    var canary = 0.0
    var twin = 0.0
    var count = 0
  }

  /// Returns why an analysis with these parameters is impossible, or nil if it is possible.
  package static func problem(pairs: Int, alpha: Double, rounds: Int) -> String? {
    if pairs < 1 { return "there is no pair of twins: a host with the release, and one like it without" }
    if !(alpha > 0 && alpha <= 0.5) { return "alpha is above 0 and at most 0.5, got \(alpha)" }
    if rounds < 1 || rounds > 10_000 { return "an analysis takes 1 to 10,000 rounds of measurements, got \(rounds)" }
    return nil
  }

  /// Returns the smallest number of pairs that could ever show a difference in values.
  static func pairsNeeded(_ alpha: Double) -> Int { TwinSigns.needed(alpha) }

  /// - Parameters:
  ///   - pairs: the number of pairs of twins.
  ///   - alpha: the probability, over all rounds together, of a wrong verdict. A verdict is wrong if it is *bad* for a release within the
  ///     margin, or *good* for a release outside the margin.
  ///   - rounds: the largest number of rounds, from 1 to 10,000.
  ///   - countsGaps: whether rounds without a measurement count against a good verdict. False in plans with older rules.
  package init(pairs: Int, margin: Margin, alpha: Double = 0.01, rounds: Int, countsGaps: Bool = true) {
    self.countsGaps = countsGaps
    self.margin = margin
    self.alpha = alpha
    most = rounds
    worse = TwinSigns(pairs: pairs, rounds: rounds)
    better = worse
    seen = (0..<pairs).map { _ in false }
    whole = (0..<pairs).map { _ in 0 }
  }

  /// Adds one round: what each pair has shown since the previous round. Every round lists the pairs in the same order.
  package mutating func add(_ pairs: [Pair]) {
    guard taken < most else { return }
    taken += 1
    var (above, below) = (seen.map { _ in 0 }, seen.map { _ in 0 })
    for (number, pair) in pairs.enumerated() where seen.indices.contains(number) {
      spoke.hear(pair)
      if pair.isWhole { whole[number] += 1 } else if countsGaps { continue }
      if case .counts(let failed, let total)? = pair.canary { count(failed, total, number, isCanary: true) }
      if case .counts(let failed, let total)? = pair.twin { count(failed, total, number, isCanary: false) }
      guard case .value(let canary)? = pair.canary, case .value(let twin)? = pair.twin, canary.isFinite, twin.isFinite else { continue }
      seen[number] = true
      sums = Sums(canary: sums.canary + canary, twin: sums.twin + twin, count: sums.count + 1)
      let limit = margin.limit(twin)
      if canary != limit { (above[number], below[number]) = canary > limit ? (1, -1) : (-1, 1) }
    }
    worse.add(above)
    better.add(below)
    if shown == nil { shown = hasCounts ? shownByRates : shownByValues }
  }

  private mutating func count(_ failed: Int, _ total: Int, _ pair: Int, isCanary: Bool) {
    guard total > 0, failed >= 0, failed <= total else { return }
    seen[pair] = true
    if isCanary { canaries.add(failed: failed, of: total) } else { twins.add(failed: failed, of: total) }
  }

  /// The number of pairs that were measured in fewer than half of the rounds.
  private var gaps: Int { countsGaps ? whole.count { $0 * 2 < taken } : 0 }

  /// The verdict after the rounds so far, with the numbers behind it.
  package var finding: Finding {
    var finding = hasCounts ? ofRates : ofValues
    if let shown {
      finding.verdict = shown
    } else if gaps > 0, sums.count > 0 || canaries.rate != nil, case .inconclusive = finding.verdict {
      let pairs = gaps == 1 ? "1 pair" : "\(gaps) pairs"
      finding.verdict = .inconclusive("\(pairs) of \(whole.count) gave no data in most of the \(taken) rounds of measurements")
    }
    return finding
  }

  private var shownByValues: Verdict? {
    worse.evidence >= 1 / alpha ? .bad : better.evidence >= 1 / alpha && gaps == 0 ? .good : nil
  }

  /// Tests only the verdict that the observed rates point to. The bounds of either side might be wrong, so each side gets half of the error
  /// probability.
  private var shownByRates: Verdict? {
    guard let canary = canaries.rate, let twin = twins.rate else { return nil }
    if canary > margin.limit(twin) { return canaries.lower(alpha / 2) > margin.limit(twins.upper(alpha / 2)) ? .bad : nil }
    return gaps == 0 && canaries.upper(alpha / 2) < margin.limit(twins.lower(alpha / 2)) ? .good : nil
  }

  private var ofRates: Finding {
    var finding = Finding(verdict: .notYet, rounds: taken, pairs: seen.count { $0 })
    guard let canary = canaries.rate, let twin = twins.rate else {
      let silent = !spoke.canary ? "the hosts with the release" : !spoke.twin ? "their twins" : "both of a pair at the same time"
      finding.verdict = end("no data came from \(silent)")
      return finding
    }
    let (low, high) = (canaries.lower(alpha / 2), canaries.upper(alpha / 2))
    let (twinLow, twinHigh) = (twins.lower(alpha / 2), twins.upper(alpha / 2))
    (finding.effect, finding.low, finding.high) = (canary - twin, low - twinHigh, high - twinLow)
    finding.verdict = end(
      twins.failed == 0 && margin.absolute == 0
        ? "none of \(twins.total) requests to the twins failed, and a share of nothing allows nothing: a margin such as +0.05pp would tell"
        : "\(canaries.total.plus(twins.total)) requests do not tell whether the rate is within the margin: more of them would")
    return finding
  }

  private var ofValues: Finding {
    var finding = Finding(verdict: .notYet, rounds: taken, pairs: seen.count { $0 })
    let needed = TwinSigns.needed(alpha)
    guard sums.count > 0 else {
      finding.verdict = end("no data came from any pair of twins")
      return finding
    }
    finding.effect = (sums.canary - sums.twin) / Double(sums.count)
    if seen.count < needed {
      let pairs = "\(seen.count) \(seen.count == 1 ? "pair" : "pairs") of twins"
      finding.verdict = .inconclusive(
        "\(pairs) cannot tell a difference from chance with an error of \(alpha): \(needed) could, if all of them agree")
    } else {
      finding.verdict = end("\(seen.count) pairs of twins do not agree: more of them, or more time, would tell")
    }
    return finding
  }

  private func end(_ reason: String) -> Verdict { taken < most ? .notYet : .inconclusive(reason) }
}
