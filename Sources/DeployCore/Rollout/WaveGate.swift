import DeployModel

/// Compares the failures of a wave with the usual failures of the fleet. More failures than chance explains mean a bad release.
struct WaveGate: Sendable, Hashable {
  /// The share of hosts that fail whatever the release is, 0…1.
  let base: Double
  /// A wave stops the deployment if its failures would happen by chance with a lower probability than this.
  static let improbable = 0.001
  /// Number of hosts of the wave under way, and number of failed hosts.
  private(set) var hosts = 0
  private(set) var failed = 0
  /// Whether a host has succeeded since the deployment began, and the failure of a host that failed before that.
  private var hasSucceeded = false
  private var first: String?
  /// Why no further host may start; nil: chance explains the failures. It is stored because every host that ends asks for it.
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

  /// A host went out of reach while it was changed. Later hosts out of reach have a budget of their own.
  mutating func hostLost() {
    if !hasSucceeded { first = first ?? "went out of reach" }
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

  /// The probability that `count` or more of `total` fail, if each fails independently with the probability `share`.
  static func tail(_ count: Int, of total: Int, _ share: Double) -> Double {
    guard count > 0 else { return 1 }
    guard count <= total, share > 0 else { return 0 }
    var term = 1.0
    for _ in 0..<total { term *= 1 - share }
    // Too small to add up, or too many hosts: four standard deviations are rarer than 1 of 1,000.
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
