/// How a watch compares hosts that have the release with twins that do not: it looks at both and judges the difference, not each look.
package struct Comparison: Sendable, Hashable, Codable {
  package enum Unit: String, Sendable, Hashable, Codable {
    /// The share of requests that failed.
    case rate
    /// A number of which less is better, such as the p95 of a latency.
    case value
  }

  package var unit: Unit
  /// Number of pairs: the watch's hosts are those with the release, then the twin of each, in the same order.
  package var pairs: Int
  /// How much worse the release may be, as the recipe says it: `+10%`, `+0.05pp`, `+50ms`.
  package var margin: String
  /// The chance, over all looks, of calling a release within the margin bad, or a release outside the margin good; above 0, at most 0.5.
  package var alpha: Double

  package init(_ unit: Unit, pairs: Int, margin: String, alpha: Double) {
    self.unit = unit
    self.pairs = pairs
    self.margin = margin
    self.alpha = alpha
  }
}
