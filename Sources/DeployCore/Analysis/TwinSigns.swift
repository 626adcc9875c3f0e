/// Evidence that one side of the pairs has larger values than the other side. Each host counts once, so its measurements are allowed to
/// depend on its earlier measurements.
///
/// If the hosts of a pair behave alike, chance alone decides which of them is above the other, even over the whole time. For each pair,
/// take the share of rounds in which a given side is above, and subtract the share in which it is below. This balance, between -1 and 1,
/// has the mean 0. The pairs are independent, so the product of 1 + s·balance over all pairs has the mean 1, for any s up to 1. The product
/// is computed at each round, and the number of rounds is known in advance. The sum of the products so far, divided by the number of all
/// rounds, only grows, and its expected value at the end is at most 1. So the probability that this quotient reaches 1/alpha at any round
/// is at most alpha (Markov's inequality), without any assumption about autocorrelation.
struct TwinSigns: Sendable, Hashable {
  private let rounds: Int
  /// For each pair, the number of rounds above minus the number of rounds below.
  private var balance: [Int]
  private var taken = 0
  /// The sum of the products of all rounds so far.
  private var sum = 0.0

  private static let strengths: [Double] = [0.5, 0.9, 1]

  /// - Parameters:
  ///   - pairs: the number of pairs of twins.
  ///   - rounds: the largest number of rounds.
  init(pairs: Int, rounds: Int) {
    self.rounds = max(1, rounds)
    balance = (0..<max(0, pairs)).map { _ in 0 }
  }

  /// Adds one round.
  /// - Parameter signs: for each pair, 1 for above, -1 for below, and 0 for neither or unknown.
  mutating func add(_ signs: [Int]) {
    guard taken < rounds else { return }
    taken += 1
    for (pair, sign) in signs.enumerated() where balance.indices.contains(pair) { balance[pair] += sign.signum() }
    var product = 0.0
    for strength in Self.strengths {
      product += balance.reduce(1.0) { min(1e300, $0 * (1 + strength * Double($1) / Double(taken))) }
    }
    sum = min(1e300, sum + product / Double(Self.strengths.count))
  }

  /// The evidence for a difference. If there is no difference, its mean is at most 1. A difference is shown once the evidence reaches
  /// 1/alpha.
  var evidence: Double { sum / Double(rounds) }

  /// Returns the smallest number of pairs that could show a difference, if one side were above in every pair at every round.
  static func needed(_ alpha: Double) -> Int {
    for pairs in 1..<1000 {
      let most = strengths.reduce(0) { sum, strength in sum + (0..<pairs).reduce(1.0) { product, _ in product * (1 + strength) } }
      if most / Double(strengths.count) >= 1 / alpha { return pairs }
    }
    return 1000
  }
}
