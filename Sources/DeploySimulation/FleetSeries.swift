import DeployCore
import DeployModel

/// The measurements of one simulated host. Hosts differ a little from each other, and each value of a host depends on the previous one.
struct FleetSeries {
  private var random: SeededRandom
  /// The host's own deviation, in standard deviations.
  private let deviation: Double
  private var drift: Double

  /// The standard deviations between hosts and within the values of one host, as shares of the value.
  private static let (between, within) = (0.05, 0.1)
  /// How much of a value's deviation remains in the next value.
  private static let memory = 0.5

  /// - Parameter seed: the seed of the run.
  init(host: Int, seed: UInt64) {
    random = SeededRandom(seed: seed &+ UInt64(truncatingIfNeeded: host &+ 1) &* 0xa076_1d64_78bd_642f)
    deviation = Self.normal(&random)
    drift = Self.within * Self.normal(&random)
  }

  /// Returns the next value.
  mutating func value(around median: Double) -> Double {
    drift = Self.memory * drift + Self.within * (1 - Self.memory * Self.memory).squareRoot() * Self.normal(&random)
    return median * max(0.01, 1 + Self.between * deviation + drift)
  }

  /// Returns the host's share of requests that fail.
  func share(around share: Double) -> Double { min(1, max(0, share * (1 + Self.between * deviation))) }

  /// Returns a random count with this mean, distributed like the number of independent requests (a Poisson distribution).
  mutating func count(around mean: Double) -> Int {
    guard mean > 0 else { return 0 }
    guard mean < 30 else { return max(0, Int(bounded: (mean + mean.squareRoot() * Self.normal(&random)).rounded())) }
    let limit = Logarithm.power(-mean)
    var (product, count) = (Self.uniform(&random), 0)
    while product > limit {
      product *= Self.uniform(&random)
      count += 1
    }
    return count
  }

  /// Returns a number from 0 up to but not including 1.
  private static func uniform(_ random: inout SeededRandom) -> Double { Double(random.next() >> 11) / Double(1 << 53) }

  /// Returns a normally distributed number. The sum of twelve uniform numbers is close enough.
  private static func normal(_ random: inout SeededRandom) -> Double { (0..<12).reduce(-6) { sum, _ in sum + uniform(&random) } }
}
