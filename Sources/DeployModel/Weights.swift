/// Shares of the traffic by pool, in whole per cent that sum to 100; in the order of the pools' names.
package struct Weights: Sendable, Hashable, Codable {
  /// The share of one pool.
  package struct Share: Sendable, Hashable, Codable {
    package var pool: String
    /// 0…100.
    package var percent: Int
    package init(_ pool: String, _ percent: Int) {
      self.pool = pool
      self.percent = percent
    }
  }
  package let shares: [Share]

  /// The limit of pools in one group.
  package static let most = 100

  /// Nil if a pool has no name or occurs twice, a share is not 0…100, or the shares do not sum to 100.
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

  /// A record of pools and numbers; nil for anything else.
  package init?(_ value: Value) {
    let shares = value.members.compactMap { member in member.value.int.map { Share(member.name, $0) } }
    guard shares.count == value.members.count else { return nil }
    self.init(shares)
  }

  /// A pool's share in per cent; a pool that is not named gets nothing.
  package func percent(of pool: String) -> Int { shares.first { $0.pool.isExactly(pool) }?.percent ?? 0 }

  /// Whether these are equal to others that a balancer rounded: each pool's share differs by at most 1 %, and a share of nothing is
  /// nothing in both.
  package func agrees(with other: Weights) -> Bool {
    (shares + other.shares).allSatisfy { share in
      let (one, two) = (percent(of: share.pool), other.percent(of: share.pool))
      return abs(one - two) <= 1 && (one == 0) == (two == 0)
    }
  }

  package var value: Value { .record(of: shares.map { ($0.pool, .int($0.percent)) }) }

  /// `blue 100 %, green 0 %`
  package var sentence: String { shares.map { "\($0.pool) \($0.percent) %" }.joined(separator: ", ") }
}
