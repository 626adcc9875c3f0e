extension Double {
  /// Reads a number in the form that people write, such as `-1.5` or `2e3`. Returns nil for any other text, also for `0x10`, `inf` and
  /// `nan`, which the other initialiser accepts.
  package init?(decimal text: some StringProtocol) {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
    self.init(String(text))
  }
}

extension Double {
  /// The digits of a whole number in full, such as `100000000000000000000`. Nil for a fraction and for a number that is not finite.
  package var wholeDigits: String? {
    guard isFinite, rounded(.towardZero) == self else { return nil }
    if let int = Int(exactly: self) { return "\(int)" }
    // The number is a whole number of at most 53 bits, which is doubled several times.
    var digits = "\(significandBitPattern | 1 << 52)".utf8.reversed().map { $0 - 0x30 }
    for _ in 52..<Int(exponent) {
      var carry: UInt8 = 0
      for index in digits.indices {
        let doubled = digits[index] * 2 + carry
        (digits[index], carry) = (doubled % 10, doubled / 10)
      }
      if carry > 0 { digits.append(carry) }
    }
    return (self < 0 ? "-" : "") + digits.reversed().map(String.init).joined()
  }

  /// The number with all its digits and without an exponent, such as `0.00001`. A large number is written as `plain` writes it.
  package var unscaled: String {
    let text = plain
    guard let mark = text.firstRange(of: "e-"), let places = Int(text[mark.upperBound...]) else { return text }
    let digits = text[..<mark.lowerBound].filter { $0 != "." && $0 != "-" }
    let short = digits.hasSuffix("0") && digits.count > 1 ? String(digits.dropLast()) : String(digits)
    return (self < 0 ? "-0." : "0.") + String(repeating: "0", count: places - 1) + short
  }
}
