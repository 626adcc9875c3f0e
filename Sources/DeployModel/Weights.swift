/// The traffic shares of pools in whole per cent, sorted by the pools' names. The shares add up to 100.
package struct Weights: Sendable, Hashable, Codable {
  /// The traffic share of one pool.
  package struct Share: Sendable, Hashable, Codable {
    package var pool: String
    /// The share in per cent, 0…100.
    package var percent: Int
    package init(_ pool: String, _ percent: Int) {
      self.pool = pool
      self.percent = percent
    }
  }
  package let shares: [Share]

  /// The largest number of pools in one group.
  package static let most = 100

  /// Returns nil if a pool has no name or occurs twice, if a share is not 0…100, or if the shares do not add up to 100.
  package init?(_ shares: [Share]) {
    guard (1...Self.most).contains(shares.count), shares.allSatisfy({ !$0.pool.isEmpty && (0...100).contains($0.percent) }) else {
      return nil
    }
    let sorted = shares.sorted { $0.pool < $1.pool }
    guard zip(sorted, sorted.dropFirst()).allSatisfy({ $0.pool != $1.pool }), sorted.reduce(0, { $0 + $1.percent }) == 100 else {
      return nil
    }
    self.shares = sorted
  }

  /// Reads weights from a record with a number for each pool. Returns nil if the value is not such a record or the weights are invalid.
  package init?(_ value: Value) {
    let shares = value.members.compactMap { member in member.value.int.map { Share(member.name, $0) } }
    guard shares.count == value.members.count else { return nil }
    self.init(shares)
  }

  /// Returns a pool's share in per cent, or 0 for a pool that the weights do not name.
  package func percent(of pool: String) -> Int { shares.first { $0.pool.isExactly(pool) }?.percent ?? 0 }

  /// Whether these weights equal weights that a balancer has rounded: each pool's two shares differ by at most 1 %, and either both are 0
  /// or neither is.
  package func agrees(with other: Weights) -> Bool {
    (shares + other.shares).allSatisfy { share in
      let (one, two) = (percent(of: share.pool), other.percent(of: share.pool))
      return abs(one - two) <= 1 && (one == 0) == (two == 0)
    }
  }

  package var value: Value { .record(of: shares.map { ($0.pool, .int($0.percent)) }) }

  /// The weights for people: `blue 100 %, green 0 %`.
  package var sentence: String { shares.map { "\($0.pool) \($0.percent) %" }.joined(separator: ", ") }
}
