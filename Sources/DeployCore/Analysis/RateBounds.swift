import DeployModel

/// Bounds for a mean failure rate, with an error probability that holds for all rounds together. The rate is allowed to change in any way,
/// as long as each request fails independently of the others, with the rate of its moment.
///
/// For any slope s, the product of e^(s·failed) / (1 + p·(e^s - 1)) over all requests is a martingale if p is the rate of each request. If
/// p is the mean rate of all requests, the product is at most that martingale (Jensen's inequality). A mixture over slopes has this
/// property too. So the probability that the mixture exceeds 1/error at any round is at most `error` (Ville's inequality).
struct RateBounds: Sendable, Hashable {
  private(set) var failed = 0
  private(set) var total = 0

  /// The slopes of the mixture: small slopes detect small differences in many requests, and large slopes detect rare failures.
  private static let slopes: [Double] = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12]
  private static let factors = slopes.map { (up: Logarithm.power($0) - 1, down: Logarithm.power(-$0) - 1) }
  private static let steps = 24

  mutating func add(failed: Int, of total: Int) {
    self.failed = self.failed.plus(failed)
    self.total = self.total.plus(total)
  }

  /// The observed rate, or nil if there was no request.
  var rate: Double? { total > 0 ? Double(failed) / Double(total) : nil }

  /// Returns the lower bound of the mean rate.
  /// - Parameter error: the probability that the bound is wrong at any round, 0…1.
  func lower(_ error: Double) -> Double {
    guard failed > 0, let rate else { return 0 }
    return Self.border(between: 0, and: rate) { evidence(against: $0, isAbove: true) < limit(error) }
  }

  /// Returns the upper bound of the mean rate.
  func upper(_ error: Double) -> Double {
    guard let rate, failed < total else { return 1 }
    return Self.border(between: 1, and: rate) { evidence(against: $0, isAbove: false) < limit(error) }
  }

  private func limit(_ error: Double) -> Double { -Logarithm.natural(error) }

  /// Returns the logarithm of the mixture for this rate.
  /// - Parameter isAbove: whether the observed rate is above `rate`.
  private func evidence(against rate: Double, isAbove: Bool) -> Double {
    var most = -Double.infinity
    var logs: [Double] = []
    for (slope, factor) in zip(Self.slopes, Self.factors) {
      let log =
        (isAbove ? slope : -slope) * Double(failed) - Double(total) * Logarithm.natural(1 + rate * (isAbove ? factor.up : factor.down))
      logs.append(log)
      most = max(most, log)
    }
    guard most > -.infinity else { return most }
    let sum = logs.reduce(0) { $0 + Logarithm.power($1 - most) }
    return most + Logarithm.natural(sum / Double(Self.slopes.count))
  }

  /// Returns the value nearest to `outer` that `holds` accepts. The caller knows that `holds` accepts `inner`.
  private static func border(between outer: Double, and inner: Double, holds: (Double) -> Bool) -> Double {
    if holds(outer) { return outer }
    var (bad, good) = (outer, inner)
    for _ in 0..<steps {
      let middle = (bad + good) / 2
      if holds(middle) { good = middle } else { bad = middle }
    }
    // Returns the outer value, so that rounding never makes the bound too narrow.
    return bad
  }
}
