import DeployModel

/// Compares hosts that have a release (canaries) with twins that do not have it. Is the release worse than a margin allows? The question
/// may be asked after every look; the given error holds for all looks together. The answer is bad, good or not yet. Without data there is
/// no answer.
package struct CanaryAnalysis: Sendable, Hashable {
  /// What is measured of a host in one interval.
  package enum Measure: Sendable, Hashable {
    /// The number of requests, and the number of those that failed. Zero requests are an answer, too.
    case counts(failed: Int, of: Int)
    /// One number, such as the p95 of its latency.
    case value(Double)

    /// Whether the measure can show anything.
    var hasData: Bool { if case .counts(_, let total) = self { total > 0 } else { true } }
  }

  /// A pair of twins in one interval; nil: no data.
  package struct Pair: Sendable, Hashable {
    package var canary: Measure?
    package var twin: Measure?
    package init(canary: Measure?, twin: Measure?) { (self.canary, self.twin) = (canary, twin) }

    /// Whether both were measured.
    var isWhole: Bool { canary != nil && twin != nil }
  }

  package enum Verdict: Sendable, Hashable {
    /// The release is worse than the margin allows.
    case bad
    /// The release is not worse than the margin allows.
    case good
    /// More looks may decide.
    case notYet
    /// All looks are taken, or no look could ever decide; the sentence says why.
    case inconclusive(String)
  }

  /// The finding so far.
  package struct Finding: Sendable, Hashable {
    package var verdict: Verdict
    /// What the canaries show minus what the twins show; nil: no data.
    package var effect: Double?
    /// The lower bound of a difference of rates; nil: unknown.
    package var low: Double?
    package var high: Double?
    /// The number of looks so far, and the number of pairs that had data in any of them.
    package var looks: Int
    package var pairs: Int
  }

  private let margin: Margin
  private let alpha: Double
  private let most: Int
  /// The counts of all hosts of a side together.
  private var canaries = RateBounds()
  private var twins = RateBounds()
  /// The signs of values above and below the margin.
  private var worse: TwinSigns
  private var better: TwinSigns
  private var sums = Sums()
  private var spoke = Sides()
  private var hasCounts: Bool { spoke.canary || spoke.twin }
  /// Whether each pair had data in any look.
  private var seen: [Bool]
  /// The number of looks in which both of a pair were measured.
  private var whole: [Int]
  /// Whether a pair counts only in looks in which both were measured. A release is then good only if each pair was in half of the looks.
  private let countsGaps: Bool
  private var taken = 0
  /// The verdict *bad* or *good*, once it was shown. The error holds for all looks together, so the verdict does not change any more.
  private(set) var shown: Verdict?

  /// Which sides gave counts of requests in any look.
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

  /// Why an analysis makes no sense; nil: it makes sense.
  package static func problem(pairs: Int, alpha: Double, looks: Int) -> String? {
    if pairs < 1 { return "there is no pair of twins: a host with the release, and one like it without" }
    if !(alpha > 0 && alpha <= 0.5) { return "alpha is above 0 and at most 0.5, got \(alpha)" }
    if looks < 1 || looks > 10_000 { return "an analysis takes 1 to 10,000 looks, got \(looks)" }
    return nil
  }

  /// The fewest pairs that could ever show a difference of values.
  static func pairsNeeded(_ alpha: Double) -> Int { TwinSigns.needed(alpha) }

  /// - Parameters:
  ///   - pairs: number of pairs of twins.
  ///   - alpha: the chance, over all looks, of calling a release within the margin bad, and of calling a release outside the margin good.
  ///   - looks: the largest number of looks; 1 to 10,000.
  ///   - countsGaps: whether gaps (looks without a measurement) count; false in plans with older rules.
  package init(pairs: Int, margin: Margin, alpha: Double = 0.01, looks: Int, countsGaps: Bool = true) {
    self.countsGaps = countsGaps
    self.margin = margin
    self.alpha = alpha
    most = looks
    worse = TwinSigns(pairs: pairs, looks: looks)
    better = worse
    seen = (0..<pairs).map { _ in false }
    whole = (0..<pairs).map { _ in 0 }
  }

  /// Takes one look: what each pair showed since the previous look, always in the same order.
  package mutating func look(_ pairs: [Pair]) {
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
    worse.look(above)
    better.look(below)
    if shown == nil { shown = hasCounts ? shownByRates : shownByValues }
  }

  private mutating func count(_ failed: Int, _ total: Int, _ pair: Int, isCanary: Bool) {
    guard total > 0, failed >= 0, failed <= total else { return }
    seen[pair] = true
    if isCanary { canaries.add(failed: failed, of: total) } else { twins.add(failed: failed, of: total) }
  }

  /// Pairs that were not measured in half of the looks.
  private var gaps: Int { countsGaps ? whole.count { $0 * 2 < taken } : 0 }

  /// The finding so far.
  package var finding: Finding {
    var finding = hasCounts ? ofRates : ofValues
    if let shown {
      finding.verdict = shown
    } else if gaps > 0, sums.count > 0 || canaries.rate != nil, case .inconclusive = finding.verdict {
      let pairs = gaps == 1 ? "1 pair" : "\(gaps) pairs"
      finding.verdict = .inconclusive("\(pairs) of \(whole.count) gave no data in most of the \(taken) looks")
    }
    return finding
  }

  private var shownByValues: Verdict? {
    worse.evidence >= 1 / alpha ? .bad : better.evidence >= 1 / alpha && gaps == 0 ? .good : nil
  }

  /// Only the side on which the observed rates lie can be shown. Both of its bounds may be wrong, so each gets half of the error.
  private var shownByRates: Verdict? {
    guard let canary = canaries.rate, let twin = twins.rate else { return nil }
    if canary > margin.limit(twin) { return canaries.lower(alpha / 2) > margin.limit(twins.upper(alpha / 2)) ? .bad : nil }
    return gaps == 0 && canaries.upper(alpha / 2) < margin.limit(twins.lower(alpha / 2)) ? .good : nil
  }

  private var ofRates: Finding {
    var finding = Finding(verdict: .notYet, looks: taken, pairs: seen.count { $0 })
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
    var finding = Finding(verdict: .notYet, looks: taken, pairs: seen.count { $0 })
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
