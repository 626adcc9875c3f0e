package import DeployModel

/// Numbers of parameters. A fraction is rounded to the nearest `Double`, as in every programming language. A whole number is never changed,
/// whatever its notation: it is kept as a whole number, or refused if nothing can hold it.
extension Value {
  /// The value as a number, even if it is a string that contains a number. It is an `int` if no `Double` equals it. Nil if it is not a
  /// number, or if it could only be held as a different number.
  package var exactNumber: Value? {
    switch self {
    case .int(let int): return Double(exactly: int).map { .number($0) } ?? self
    case .number(let number): return number.isFinite ? .number(number == 0 ? 0 : number) : nil
    case .text(let text):
      guard let number = Double(decimal: text), number.isFinite, number != 0 || !Self.isSmall(text) else { return nil }
      guard let digits = Self.wholeDigits(text) else { return .number(number == 0 ? 0 : number) }
      if let int = Int(digits) { return Value.int(int).exactNumber }
      return number.wholeDigits?.isExactly(digits) == true ? .number(number) : nil
    default: return nil
    }
  }

  /// Why the value is not held exactly although it is a number, and what to do. Nil if it is held exactly, or if it is not a number.
  var inexact: (words: String, fix: String)? {
    guard case .text(let text) = self, exactNumber == nil, let number = Double(decimal: text) else { return nil }
    if Self.isSmall(text), number == 0 { return ("is too close to 0 to be held as a number", "write 0") }
    guard number.isFinite else { return ("is beyond the largest number, which is about 1.8e308", "give a smaller one") }
    guard let digits = Self.wholeDigits(text), let nearest = number.wholeDigits else { return nil }
    let isAbove = nearest.utf8.count == digits.utf8.count ? nearest > digits : nearest.utf8.count > digits.utf8.count
    let isFar = isAbove == (number > 0)
    let other = (isFar ? number.nextDown : number.nextUp).wholeDigits
    let both = (isFar ? [other, nearest] : [nearest, other]).compactMap(\.self)
    return ("cannot be held exactly as a number", "the nearest ones are \(both.joined(separator: " and "))")
  }

  /// Returns the digits of a whole number in their shortest form, whatever its notation: both `1.50e2` and `+150` give `150`. Nil for any
  /// other text.
  static func wholeDigits(_ text: String) -> String? {
    let isNegative = text.hasPrefix("-")
    let rest = text.dropFirst(isNegative || text.hasPrefix("+") ? 1 : 0)
    let parts = rest.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    let sides = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var digits = Array(sides.joined().utf8)
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    digits = Array(digits.drop { $0 == 0x30 })
    guard !digits.isEmpty else { return "0" }
    guard let exponent = parts.count == 1 ? 0 : Int(parts[1]), (-mostZeros...mostZeros).contains(exponent) else { return nil }
    var zeros = exponent - (sides.count == 2 ? sides[1].utf8.count : 0)
    while zeros < 0, digits.last == 0x30 {
      digits.removeLast()
      zeros += 1
    }
    guard zeros >= 0 else { return nil }
    return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: zeros)
  }
  /// The largest exponent of a number that is written in full. No larger number that begins with a digit fits a `Double`.
  private static let mostZeros = 4000

  /// Whether a text that was read as 0 stands for another number.
  static func isSmall(_ text: String) -> Bool {
    text.prefix { $0 != "e" && $0 != "E" }.contains { ("1"..."9").contains($0) }
  }

  /// Whether a number is within these bounds. Whole numbers are compared exactly.
  func isWithin(_ min: Double?, _ max: Double?) -> Bool {
    guard case .int(let int) = self else {
      guard case .number(let number) = self else { return false }
      return number >= min ?? -.infinity && number <= max ?? .infinity
    }
    let isAbove = min.map { bound in Int(exactly: bound.rounded(.up)).map { int >= $0 } ?? (bound < 0) } ?? true
    let isBelow = max.map { bound in Int(exactly: bound.rounded(.down)).map { int <= $0 } ?? (bound > 0) } ?? true
    return isAbove && isBelow
  }
}
