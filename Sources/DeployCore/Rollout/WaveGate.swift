import DeployModel

/// Compares the failures of a wave with the usual failures of the fleet. If a wave has more failures than chance can explain, the release
/// is bad.
struct WaveGate: Sendable, Hashable {
  /// The share of hosts, 0…1, that is expected to fail with any release.
  let base: Double
  /// The deployment stops if a wave has more failures than chance can explain: the probability of at least that many is below this value.
  static let improbable = 0.001
  /// The number of hosts in the current wave.
  private(set) var hosts = 0
  /// The number of failed hosts in the current wave.
  private(set) var failed = 0
  /// Whether a host has succeeded in the deployment.
  private var hasSucceeded = false
  /// A verb phrase that says how a host failed, if one failed before any host succeeded. Otherwise nil.
  private var first: String?
  /// Why no further host is allowed to start, or nil if chance can explain the failures. The value is stored, because it is needed after
  /// each host.
  private(set) var verdict: String?

  init(base: Double) { self.base = base }

  mutating func waveBegan(_ hosts: Int) {
    (self.hosts, failed) = (hosts, 0)
    verdict = judged
  }

  mutating func hostSucceeded() { hasSucceeded = true }

  mutating func hostFailed() {
    failed += 1
    if !hasSucceeded { first = first ?? "failed" }
    verdict = judged
  }

  /// Records that a host became unreachable while it was being changed. Once a host has succeeded, unreachable hosts count only against the
  /// budget.
  mutating func hostLost() {
    if !hasSucceeded { first = first ?? "became unreachable" }
    verdict = judged
  }

  private var judged: String? {
    guard base < 1 else { return nil }
    if let first { return "the first host to come to its end \(first)" }
    guard failed > 0, WaveGate.tail(failed, of: hosts, base) < WaveGate.improbable else { return nil }
    return "\(failed) of \(hosts) \(hosts == 1 ? "host" : "hosts") of the wave failed, and a share of \(shown) would by chance in less "
      + "than 1 wave of 1,000"
  }

  private var shown: String {
    let percent = base * 100
    return percent == percent.rounded() ? "\(Int(bounded: percent))%" : "\(percent)%"
  }

  /// Returns the probability that `count` or more of `total` hosts fail, if each fails independently with the probability `share`.
  static func tail(_ count: Int, of total: Int, _ share: Double) -> Double {
    guard count > 0 else { return 1 }
    guard count <= total, share > 0 else { return 0 }
    var term = 1.0
    for _ in 0..<total { term *= 1 - share }
    // If the term is too small to be added up, or if there are too many hosts, an estimate is used: a value four standard deviations above
    // the mean is rarer than 1 in 1,000.
    if term < 1e-200 || total > 100_000 {
      let mean = Double(total) * share
      return Double(count) > mean + 4 * (mean * (1 - share)).squareRoot() ? 0 : 1
    }
    var below = 0.0
    for failures in 0..<count {
      below += term
      term *= Double(total - failures) / Double(failures + 1) * share / (1 - share)
    }
    return max(0, 1 - below)
  }
}
