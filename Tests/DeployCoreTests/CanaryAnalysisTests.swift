import DeployModel
import Foundation
import Testing

@testable import DeployCore

/// Random series that resemble real hosts: each point depends on earlier ones, hosts differ, and all of them share a load.
private struct Series {
  private var chance: Chance
  private let phi: Double
  init(_ seed: UInt64, phi: Double) { (chance, self.phi) = (Chance(seed), phi) }

  mutating func normal() -> Double {
    let (a, b) = (Double.random(in: 1e-12..<1, using: &chance), Double.random(in: 0..<1, using: &chance))
    return (-2 * log(a)).squareRoot() * cos(2 * .pi * b)
  }

  /// Returns an autoregressive series with mean 0 and deviation 1, which does not begin at a fixed value.
  mutating func path(_ count: Int) -> [Double] {
    var now = normal()
    return (0..<count).map { _ in
      now = phi * now + (1 - phi * phi).squareRoot() * normal()
      return now
    }
  }

  /// Returns how many of a large number of requests fail, if each fails independently with this rate.
  mutating func count(_ rate: Double, of total: Int) -> Int {
    let mean = rate * Double(total)
    guard mean < 40 else { return max(0, min(total, Int((mean + (mean * (1 - rate)).squareRoot() * normal()).rounded()))) }
    var (left, failed) = (exp(-mean), 0)
    var sum = left
    let drawn = Double.random(in: 0..<1, using: &chance)
    while drawn > sum, failed < total {
      failed += 1
      left *= mean / Double(failed)
      sum += left
    }
    return failed
  }

  /// Returns one number for each host and interval: 100, plus a noise of 10 %, an offset of 3 % for each host, and the common load.
  mutating func values(pairs: Int, rounds: Int, shift: Double) -> [[CanaryAnalysis.Pair]] {
    let load = path(rounds).map { 5 * $0 }
    let hosts = (0..<2 * pairs).map { number in
      let level = 100 * (1 + (number < pairs ? shift : 0)) * (1 + 0.03 * normal())
      return zip(path(rounds), load).map { level + 10 * $0 + $1 }
    }
    return (0..<rounds).map { round in
      (0..<pairs).map { CanaryAnalysis.Pair(canary: .value(hosts[$0][round]), twin: .value(hosts[pairs + $0][round])) }
    }
  }

  /// Returns the failed requests of one host on each side. The rate rises and falls with a load that both sides share.
  mutating func counts(rate: Double, times factor: Double, requests: Int, rounds: Int) -> [[CanaryAnalysis.Pair]] {
    path(rounds).map { load in
      let now = rate * exp(0.5 * load - 0.125)
      return [
        CanaryAnalysis.Pair(
          canary: .counts(failed: count(min(1, now * factor), of: requests), of: requests),
          twin: .counts(failed: count(now, of: requests), of: requests))
      ]
    }
  }
}

/// A method that compares all points of one side with all points of the other, as if they were independent: the 98 % confidence interval of
/// Mann-Whitney, with a quarter of the shift as tolerance.
private func judgesBad(_ canary: [Double], _ twin: [Double]) -> Bool {
  let differences = canary.flatMap { one in twin.map { one - $0 } }.sorted()
  let (n, m) = (Double(canary.count), Double(twin.count))
  let rank = max(0, Int((n * m / 2 - 2.326 * (n * m * (n + m + 1) / 12).squareRoot()).rounded(.down)))
  let (low, high) = (differences[rank], differences[differences.count - 1 - rank])
  let tolerance = 0.25 * abs(differences[differences.count / 2])
  return low > tolerance || high < -tolerance
}

/// Tests whether an analysis of hosts and their twins finds out if a release is worse than a margin allows.
@Suite("The analysis of canaries")
struct CanaryAnalysisTests {
  private static let isFull = ProcessInfo.processInfo.environment["LANDER_TESTS"] == "full"
  private static let runs = isFull ? 2000 : 200
  /// The number of runs in tests that take longer.
  private static let fewer = isFull ? 2000 : 80

  /// Returns the round at which the analysis reached a verdict, with the verdict; nil: it reached none.
  private func end(_ analysis: CanaryAnalysis, _ rounds: [[CanaryAnalysis.Pair]]) -> (round: Int, verdict: CanaryAnalysis.Verdict)? {
    var analysis = analysis
    for (number, round) in rounds.enumerated() {
      analysis.add(round)
      if let verdict = analysis.shown { return (number + 1, verdict) }
    }
    return nil
  }

  /// Returns the largest number of false alarms in these runs. If the true share is `alpha`, it is exceeded less than once in 10,000 runs
  /// of the suite.
  private func allowed(_ alpha: Double, of runs: Int) -> Int {
    let mean = alpha * Double(runs)
    return Int((mean + 3.7 * (mean * (1 - alpha)).squareRoot()).rounded())
  }

  @Test(
    "alike twins are called bad no more often than alpha, tested after each round, however their points hang together",
    arguments: [0, 0.5, 0.8, 0.95])
  func valuesAlike(_ phi: Double) {
    var series = Series(UInt64(phi * 100) + 3, phi: phi)
    var (alarms, kayenta) = (0, 0)
    for number in 0..<Self.runs {
      let rounds = series.values(pairs: 12, rounds: 60, shift: 0)
      if end(CanaryAnalysis(pairs: 12, margin: Margin(), alpha: 0.05, rounds: 60), rounds)?.verdict == .bad { alarms += 1 }
      if number < Self.runs / 5, judged(rounds, every: 10) != nil { kayenta += 1 }
    }
    print("φ \(phi), alike: called bad \(alarms) of \(Self.runs) at alpha 5%; the judge of pooled points \(kayenta) of \(Self.runs / 5)")
    #expect(alarms <= allowed(0.05, of: Self.runs), "φ \(phi): \(alarms)")
    // These series do mislead a method that takes points for independent. Otherwise the test would prove nothing.
    #expect(phi < 0.9 || kayenta > Self.runs / 20, "φ \(phi): \(kayenta)")
  }

  @Test(
    "sides that share a rate which goes up and down are called bad no more often than alpha, and never good where it is twice the margin",
    arguments: [0, 0.5, 0.8, 0.95])
  func countsAlike(_ phi: Double) {
    var series = Series(UInt64(phi * 100) + 5, phi: phi)
    var (alarms, missed) = (0, 0)
    for _ in 0..<Self.fewer {
      let analysis = CanaryAnalysis(pairs: 1, margin: Margin(), alpha: 0.05, rounds: 60)
      if end(analysis, series.counts(rate: 0.001, times: 1, requests: 10_000, rounds: 60))?.verdict == .bad { alarms += 1 }
      let loose = CanaryAnalysis(pairs: 1, margin: Margin(relative: 0.5), alpha: 0.05, rounds: 60)
      if end(loose, series.counts(rate: 0.001, times: 2, requests: 10_000, rounds: 60))?.verdict == .good { missed += 1 }
    }
    #expect(alarms <= allowed(0.05, of: Self.fewer), "φ \(phi): \(alarms)")
    #expect(missed <= allowed(0.05, of: Self.fewer), "φ \(phi): \(missed)")
  }

  /// Returns the first round at which that method finds the release bad, if it is asked in regular intervals; nil: it never does.
  private func judged(_ rounds: [[CanaryAnalysis.Pair]], every: Int) -> Int? {
    func mean(_ measures: [CanaryAnalysis.Measure?]) -> Double {
      measures.reduce(0) { if case .value(let value)? = $1 { $0 + value } else { $0 } } / Double(measures.count)
    }
    for end in stride(from: every, through: rounds.count, by: every) {
      let part = rounds.prefix(end)
      if judgesBad(part.map { mean($0.map(\.canary)) }, part.map { mean($0.map(\.twin)) }) { return end }
    }
    return nil
  }

  @Test("a shift of 20% on 20 hosts is found, and the delay is told beside that of the judge of pooled points")
  func power() {
    var series = Series(17, phi: 0.8)
    var (delays, judges): ([Int], [Int]) = ([], [])
    for _ in 0..<40 {
      let rounds = series.values(pairs: 20, rounds: 60, shift: 0.2)
      let found = end(CanaryAnalysis(pairs: 20, margin: Margin(relative: 0.02), alpha: 0.01, rounds: 60), rounds)
      if let found, found.verdict == .bad { delays.append(found.round) }
      if let round = judged(rounds, every: 1) { judges.append(round) }
    }
    print(
      "+20% on 20 hosts, φ 0.8: found after \(delays.sorted()[delays.count / 2]) intervals, the judge of pooled points after "
        + "\(judges.sorted()[judges.count / 2])")
    #expect(delays.count == 40, "\(delays)")
    var quiet = 0
    for _ in 0..<40 {
      let rounds = series.values(pairs: 20, rounds: 60, shift: 0)
      if end(CanaryAnalysis(pairs: 20, margin: Margin(relative: 0.3), alpha: 0.01, rounds: 60), rounds)?.verdict == .good { quiet += 1 }
    }
    #expect(quiet == 40, "a release that is well within its margin is accepted before its time is over")
  }

  @Test("one host tells twice as many errors from the twin's in a few rounds, and errors where the twin has none")
  func counts() {
    var series = Series(19, phi: 0.5)
    var delays: [Int] = []
    for _ in 0..<40 {
      let rounds = series.counts(rate: 0.001, times: 5, requests: 3000, rounds: 120)
      if let found = end(CanaryAnalysis(pairs: 1, margin: Margin(relative: 0.5), rounds: 120), rounds), found.verdict == .bad {
        delays.append(found.round)
      }
    }
    #expect(delays.count == 40 && delays.max() ?? 99 < 40, "\(delays.sorted())")
    var analysis = CanaryAnalysis(pairs: 1, margin: Margin(relative: 0.1), rounds: 20)
    for _ in 0..<5 { analysis.add([.init(canary: .counts(failed: 10, of: 1000), twin: .counts(failed: 0, of: 1000))]) }
    #expect(analysis.finding.verdict == .bad, "\(analysis.finding)")
    var clean = CanaryAnalysis(pairs: 1, margin: Margin(absolute: 0.01), rounds: 20)
    for _ in 0..<5 { clean.add([.init(canary: .counts(failed: 0, of: 1000), twin: .counts(failed: 0, of: 1000))]) }
    #expect(clean.finding.verdict == .good, "\(clean.finding)")
  }

  @Test("no data is inconclusive, and so are too few twins for a difference of values, with the number that would do")
  func nothing() {
    var silent = CanaryAnalysis(pairs: 3, margin: Margin(), rounds: 2)
    silent.add([])
    #expect(silent.finding.verdict == .notYet)
    silent.add([.init(canary: nil, twin: .value(3)), .init(canary: .value(.nan), twin: .value(3))])
    #expect(silent.finding.verdict == .inconclusive("no data came from any pair of twins"))
    #expect(silent.finding.effect == nil)
    var half = CanaryAnalysis(pairs: 1, margin: Margin(), rounds: 1)
    half.add([.init(canary: nil, twin: .counts(failed: 0, of: 10))])
    #expect(half.finding.verdict == .inconclusive("no data came from the hosts with the release"))
    var few = CanaryAnalysis(pairs: 3, margin: Margin(), alpha: 0.01, rounds: 60)
    few.add((0..<3).map { _ in .init(canary: .value(200), twin: .value(100)) })
    #expect(
      few.finding.verdict
        == .inconclusive("3 pairs of twins cannot tell a difference from chance with an error of 0.01: 8 could, if all of them agree"))
    #expect(few.finding.effect == 100)
  }

  @Test("a negative value of which less is better has its margin on the worse side")
  func negative() {
    #expect(Margin(relative: 0.1).limit(-100) == -90 && Margin(relative: 0.1).limit(100) == 110)
    var analysis = CanaryAnalysis(pairs: 12, margin: Margin(relative: 0.1), alpha: 0.05, rounds: 30)
    for _ in 0..<20 { analysis.add((0..<12).map { _ in .init(canary: .value(-100), twin: .value(-100)) }) }
    #expect(analysis.finding.verdict == .good)
  }

  @Test("a canary that could not be measured keeps the release from being found good, and not from being found bad")
  func gaps() {
    func end(_ measure: CanaryAnalysis.Measure, countsGaps: Bool) -> CanaryAnalysis.Finding {
      var analysis = CanaryAnalysis(pairs: 12, margin: Margin(absolute: 1), alpha: 0.05, rounds: 30, countsGaps: countsGaps)
      for round in 0..<30 {
        analysis.add((0..<12).map { .init(canary: $0 == 3 && round % 3 < 2 ? nil : measure, twin: measure) })
      }
      return analysis.finding
    }
    let reason = "1 pair of 12 gave no data in most of the 30 rounds of measurements"
    #expect(end(.value(5), countsGaps: true).verdict == .inconclusive(reason))
    #expect(end(.counts(failed: 1, of: 1000), countsGaps: true).verdict == .inconclusive(reason))
    #expect(end(.value(5), countsGaps: false).verdict == .good, "plans of older rules keep what they were decided by")
    var bad = CanaryAnalysis(pairs: 12, margin: Margin(), alpha: 0.05, rounds: 30)
    for _ in 0..<30 { bad.add((0..<12).map { .init(canary: $0 == 3 ? nil : .value(9), twin: .value(1)) }) }
    #expect(bad.finding.verdict == .bad)
  }

  @Test("rates count in rounds in which both of a pair were measured, and a host without requests was measured")
  func wholePairs() {
    var analysis = CanaryAnalysis(pairs: 2, margin: Margin(absolute: 0.01), alpha: 0.05, rounds: 40)
    for _ in 0..<40 {
      analysis.add([
        .init(canary: .counts(failed: 0, of: 5000), twin: .counts(failed: 0, of: 5000)),
        .init(canary: .counts(failed: 0, of: 0), twin: .counts(failed: 0, of: 10)),
      ])
    }
    #expect(analysis.finding.verdict == .good)
    var lone = CanaryAnalysis(pairs: 1, margin: Margin(), alpha: 0.05, rounds: 3)
    lone.add([.init(canary: nil, twin: .counts(failed: 0, of: 10))])
    #expect(lone.finding.pairs == 0 && lone.finding.effect == nil)
  }

  @Test("a relative margin of a rate that is nothing at the twins says which margin would tell")
  func shareOfNothing() {
    var analysis = CanaryAnalysis(pairs: 1, margin: Margin(relative: 0.1), rounds: 2)
    for _ in 0..<2 { analysis.add([.init(canary: .counts(failed: 0, of: 9999), twin: .counts(failed: 0, of: 9999))]) }
    guard case .inconclusive(let reason) = analysis.finding.verdict else { return #expect(Bool(false), "\(analysis.finding)") }
    #expect(reason.contains("a margin such as +0.05pp would tell"))
  }

  @Test("counts that no server has are no data, and never overflow")
  func hugeCounts() {
    #expect(CanaryAnalysis.Measure(.text("1/9223372036854775807")) == nil && CanaryAnalysis.Measure(.text("-1/5")) == nil)
    var bounds = RateBounds()
    for _ in 0..<3 { bounds.add(failed: 1, of: .max) }
    #expect(bounds.total == .max && bounds.failed == 3)
  }

  @Test("what one round has shown stays shown, and no round is taken beyond the last")
  func sticky() {
    var analysis = CanaryAnalysis(pairs: 12, margin: Margin(), alpha: 0.05, rounds: 30)
    for _ in 0..<20 { analysis.add((0..<12).map { _ in .init(canary: .value(2), twin: .value(1)) }) }
    #expect(analysis.finding.verdict == .bad)
    for _ in 0..<20 { analysis.add((0..<12).map { _ in .init(canary: .value(1), twin: .value(2)) }) }
    #expect(analysis.finding.verdict == .bad && analysis.finding.rounds == 30)
  }

  @Test("margins are read in the user's units, and an analysis that could tell nothing is refused with the reason")
  func margins() {
    #expect(Margin("+10%") == Margin(relative: 0.1) && Margin("+50ms") == Margin(absolute: 50) && Margin("0.5s") == Margin(absolute: 500))
    #expect(Margin("+5pp") == Margin(absolute: 0.05) && Margin("+3") == Margin(absolute: 3))
    for text in ["", "-1%", "+ten%", "+1h", "nan", "+inf%", "++5%", "0x10", "1e3"] { #expect(Margin(text) == nil, "\(text)") }
    for text in ["+5", "+50ms", "1s", "+200pp", "100pp"] { #expect(Margin.fault(text, of: .rate) != nil, "\(text) of a rate") }
    for text in ["+5%", "0.5pp", "+0%"] { #expect(Margin.fault(text, of: .rate) == nil, "\(text) of a rate") }
    #expect(Margin.fault("+1pp", of: .value) != nil && Margin.fault("+50ms", of: .value) == nil)
    #expect(CanaryAnalysis.problem(pairs: 4, alpha: 0.01, rounds: 60) == nil)
    #expect(CanaryAnalysis.problem(pairs: 0, alpha: 0.01, rounds: 60)?.contains("no pair") == true)
    #expect(CanaryAnalysis.problem(pairs: 1, alpha: 0, rounds: 60)?.contains("alpha") == true)
    #expect(CanaryAnalysis.problem(pairs: 1, alpha: 0.01, rounds: 10_001)?.contains("10,000") == true)
  }

  @Test("logarithms and powers agree with the library's")
  func logarithms() {
    for number in [1e-300, 1e-9, 0.3, 0.999, 1, 1.0001, 2, 3.7, 1e12, 1e300] {
      #expect(abs(Logarithm.natural(number) - log(number)) <= 1e-12 * max(1, abs(log(number))), "\(number)")
    }
    for number in [-700, -20.5, -1, -1e-9, 0, 0.3, 1, 5.12, 100, 700.5] {
      #expect(abs(Logarithm.power(number) - exp(number)) <= 1e-12 * exp(number), "\(number)")
    }
    #expect(Logarithm.natural(0) == -.infinity && Logarithm.power(800) == .infinity && Logarithm.power(-800) == 0)
  }
}
