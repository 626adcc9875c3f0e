/// Random numbers that depend only on a seed, so that they are the same on every machine and in every run (SplitMix64).
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Makes a generator. The same seed always gives the same numbers.
  package init(seed: UInt64) { state = seed }

  /// Returns the next number. All 64-bit numbers are equally likely.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// Chance as a function: each draw depends only on the seed, the purpose, the host, the intent and the deployment. So an operation that is
/// requested again after a crash meets the same fate, and a change in one part of a run does not change the draws in other parts.
package struct Dice: Sendable {
  package var seed: UInt64

  /// Makes the dice for a seed.
  package init(seed: UInt64) { self.seed = seed }

  /// Returns a number from 0 up to but not including 1.
  package func share(_ purpose: Purpose, host: Int, intent: Int, deployment: Int) -> Double {
    Double(number(purpose, host: host, intent: intent, deployment: deployment) >> 11) / Double(1 << 53)
  }

  /// Returns a whole number from `range`.
  package func pick(_ range: ClosedRange<Int>, _ purpose: Purpose, host: Int, intent: Int, deployment: Int) -> Int {
    let width = UInt64(range.upperBound - range.lowerBound) + 1
    return range.lowerBound + Int(number(purpose, host: host, intent: intent, deployment: deployment) % width)
  }

  /// What a draw is for. Each kind of fault has its own draws.
  package enum Purpose: UInt64, Sendable {
    case pace = 1
    case failing, slow, noSpace, lostReply, unreachable, partition, reboot, crash, length
  }

  private func number(_ purpose: Purpose, host: Int, intent: Int, deployment: Int) -> UInt64 {
    var state = seed
    for part in [purpose.rawValue, UInt64(host &+ 1), UInt64(intent), UInt64(deployment)] {
      var random = SeededRandom(seed: state ^ (part &* 0xd6e8_feb8_6659_fd93))
      state = random.next()
    }
    return state
  }
}
