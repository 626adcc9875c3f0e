/// Arithmetic on numbers from outside: files, hosts, options. A result that does not fit becomes the nearest limit of the range, because an
/// overflow would crash the program.
extension Int {
  package func plus(_ other: Int) -> Int {
    let (sum, over) = addingReportingOverflow(other)
    return over ? (other < 0 ? .min : .max) : sum
  }

  package func minus(_ other: Int) -> Int {
    let (difference, over) = subtractingReportingOverflow(other)
    return over ? (other < 0 ? .max : .min) : difference
  }

  package func times(_ other: Int) -> Int {
    let (product, over) = multipliedReportingOverflow(by: other)
    return over ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// Rounds a number towards zero. A number outside the range becomes the nearest limit of the range, and NaN becomes 0.
  package init(bounded number: Double) {
    // 2^63 itself is one more than the largest `Int`.
    if number >= 0x1p63 { self = .max } else if number <= -0x1p63 { self = .min } else { self = number.isNaN ? 0 : Int(number) }
  }
}

extension Double {
  /// The number as people write it: `3` for 3.0.
  package var plain: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
