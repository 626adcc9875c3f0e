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

  /// Returns how many of `total` requests fail if each of them fails independently (a binomial distribution). An analysis of rates assumes
  /// this, so hosts with the same release do not differ in the share of their requests that fail.
  /// - Parameter share: the probability that a request fails. A share of 1 or more means that every request fails.
  mutating func failures(of total: Int, _ share: Double) -> Int {
    guard share < 1 else { return total }
    // The rarer of the two outcomes is counted, because the time is proportional to its number.
    let rare = min(share, 1 - share)
    let count = rare > 0 ? rarely(total, rare) : 0
    return share == rare ? count : total - count
  }

  /// Returns how many of `total` independent events with this probability, which is at most one half, happen.
  private mutating func rarely(_ total: Int, _ share: Double) -> Int {
    let mean = Double(total) * share
    guard mean < 30 else {
      let drawn = (mean + (mean * (1 - share)).squareRoot() * Self.normal(&random)).rounded()
      return min(total, max(0, Int(bounded: drawn)))
    }
    // The number of events between two that happen has a geometric distribution.
    let miss = Logarithm.natural(1 - share)
    var (count, at) = (0, 0.0)
    while true {
      at += (Logarithm.natural(max(Self.uniform(&random), 1e-300)) / miss).rounded(.down) + 1
      guard at <= Double(total) else { return count }
      count += 1
    }
  }

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
