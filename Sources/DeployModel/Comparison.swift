/// How a watch compares hosts that have the release with their twins, which do not have it. It judges the difference between the two
/// groups, not a single round of measurements.
package struct Comparison: Sendable, Hashable, Codable {
  package enum Unit: String, Sendable, Hashable, Codable {
    /// The share of requests that failed.
    case rate
    /// A measured number that is better if it is lower, such as the p95 of a latency.
    case value
  }

  package var unit: Unit
  /// The number of pairs. The watch lists first the hosts that have the release, and then the twin of each of them, in the same order.
  package var pairs: Int
  /// How much worse the hosts with the release are allowed to be, in the recipe's notation: `+10%`, `+0.05pp`, `+50ms`.
  package var margin: String
  /// The probability, over all rounds of measurements together, of a wrong verdict. A verdict is wrong if it is bad for a release within
  /// the margin, or good for a release outside the margin. Above 0, at most 0.5.
  package var alpha: Double

  package init(_ unit: Unit, pairs: Int, margin: String, alpha: Double) {
    self.unit = unit
    self.pairs = pairs
    self.margin = margin
    self.alpha = alpha
  }
}
