/// Evidence that one half of pairs lies above the other: the host is the unit, whatever its measurements have to do with each other in
/// time.
///
/// Of twins that run alike it is chance which one lies above, over the whole of the time too. So for each pair the share of looks above
/// minus the share below, between -1 and 1, has the mean 0, and the product of 1 + s·share over all pairs, which are independent, has the
/// mean 1, for any s up to 1. It is taken at each of a number of looks that is known before. The mean of these products, as far as they
/// are taken, only grows, and at its end its mean is at most 1: so it comes to 1/alpha at any look at most alpha of the time (Markov's
/// inequality), without a word on autocorrelation.
struct TwinSigns: Sendable, Hashable {
  private let looks: Int
  /// By pair: looks above minus looks below.
  private var balance: [Int]
  private var taken = 0
  /// The products of all looks so far, added up.
  private var sum = 0.0

  private static let strengths: [Double] = [0.5, 0.9, 1]

  /// - Parameters:
  ///   - pairs: number of pairs of twins.
  ///   - looks: at most so many are taken.
  init(pairs: Int, looks: Int) {
    self.looks = max(1, looks)
    balance = (0..<max(0, pairs)).map { _ in 0 }
  }

  /// One look.
  /// - Parameter signs: by pair: 1 above, -1 below, 0 neither, or nobody knows.
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

  /// How many times as much speaks for it as chance would make: from 1/alpha on it is shown.
  var evidence: Double { sum / Double(looks) }

  /// The fewest pairs with which it could ever be shown, if every twin of one side lay above at every look.
  static func needed(_ alpha: Double) -> Int {
    for pairs in 1..<1000 {
      let most = strengths.reduce(0) { sum, strength in sum + (0..<pairs).reduce(1.0) { product, _ in product * (1 + strength) } }
      if most / Double(strengths.count) >= 1 / alpha { return pairs }
    }
    return 1000
  }
}
