/// Evidence that one side of the pairs lies above the other side. The host is the unit, so its measurements may depend on each other in
/// time.
///
/// If twins run alike, chance decides which one lies above, even over the whole time. So each pair's share of looks above minus its share
/// below, between -1 and 1, has the mean 0. The pairs are independent, so the product of 1 + s·share over all pairs has the mean 1, for any
/// s up to 1. It is taken at each of a number of looks that is known before. The mean of these products, as far as they are taken, only
/// grows, and its expectation at the end is at most 1. So the chance that it reaches 1/alpha at any look is at most alpha (Markov's
/// inequality), without any assumption on autocorrelation.
struct TwinSigns: Sendable, Hashable {
  private let looks: Int
  /// By pair: the number of looks above minus those below.
  private var balance: [Int]
  private var taken = 0
  /// The sum of the products of all looks so far.
  private var sum = 0.0

  private static let strengths: [Double] = [0.5, 0.9, 1]

  /// - Parameters:
  ///   - pairs: number of pairs of twins.
  ///   - looks: the largest number of looks.
  init(pairs: Int, looks: Int) {
    self.looks = max(1, looks)
    balance = (0..<max(0, pairs)).map { _ in 0 }
  }

  /// One look.
  /// - Parameter signs: by pair: 1 above, -1 below, 0 neither or unknown.
  mutating func look(_ signs: [Int]) {
    guard taken < looks else { return }
    taken += 1
    for (pair, sign) in signs.enumerated() where balance.indices.contains(pair) { balance[pair] += sign.signum() }
    var product = 0.0
    for strength in Self.strengths {
      product += balance.reduce(1.0) { min(1e300, $0 * (1 + strength * Double($1) / Double(taken))) }
    }
    sum = min(1e300, sum + product / Double(Self.strengths.count))
  }

  /// The evidence as a multiple of what chance makes. From 1/alpha on, the difference is shown.
  var evidence: Double { sum / Double(looks) }

  /// The fewest pairs that could ever show a difference, if one side lay above in every pair at every look.
  static func needed(_ alpha: Double) -> Int {
    for pairs in 1..<1000 {
      let most = strengths.reduce(0) { sum, strength in sum + (0..<pairs).reduce(1.0) { product, _ in product * (1 + strength) } }
      if most / Double(strengths.count) >= 1 / alpha { return pairs }
    }
    return 1000
  }
}
