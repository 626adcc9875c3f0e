/// Natural logarithms and powers of e. The core computes them itself, so that all machines get equal results.
package enum Logarithm {
  private static let ofTwo = 0.693_147_180_559_945_3

  /// Returns the natural logarithm.
  /// - Parameter number: 0 or more. The logarithm of 0 is minus infinity.
  package static func natural(_ number: Double) -> Double {
    guard number > 0, number.isFinite else { return number == 0 ? -.infinity : number }
    var (mantissa, exponent) = (number.significand, Double(number.exponent))
    if mantissa > 1.414_213_562 {
      mantissa /= 2
      exponent += 1
    }
    // The series of 2·artanh((m-1)/(m+1)), whose argument is small here.
    let ratio = (mantissa - 1) / (mantissa + 1)
    let square = ratio * ratio
    var (power, sum) = (ratio, 0.0)
    for odd in stride(from: 1, through: 25, by: 2) {
      sum += power / Double(odd)
      power *= square
    }
    return 2 * sum + exponent * ofTwo
  }

  /// Returns e to this power, or infinity if the result is too large for a `Double`.
  package static func power(_ exponent: Double) -> Double {
    guard exponent < 709 else { return .infinity }
    guard exponent > -745 else { return 0 }
    let doublings = (exponent / ofTwo).rounded()
    let rest = exponent - doublings * ofTwo
    var (term, sum) = (1.0, 1.0)
    for count in 1...16 {
      term *= rest / Double(count)
      sum += term
    }
    return sum * Double(sign: .plus, exponent: Int(doublings), significand: 1)
  }
}
