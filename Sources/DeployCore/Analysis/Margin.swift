/// How much worse a release may be, in the user's units.
package struct Margin: Sendable, Hashable {
  /// A share of what the twins show: 0.1 is 10%.
  package let relative: Double
  /// In the units of the metric; of a rate, 0…1.
  package let absolute: Double

  package init(relative: Double = 0, absolute: Double = 0) { (self.relative, self.absolute) = (relative, absolute) }

  /// Reads `+10%`, `+0.05pp`, `+50ms`, `+0.3s`, `+12`; the sign may be left out. Times are in milliseconds.
  /// - Returns: nil for anything else, and for what is below nothing.
  package init?(_ text: String) {
    let units: [(String, relative: Double, absolute: Double)] = [
      ("%", 0.01, 0), ("pp", 0, 0.01), ("ms", 0, 1), ("s", 0, 1000), ("", 0, 1),
    ]
    let plain = text.hasPrefix("+") ? String(text.dropFirst()) : text
    for unit in units where plain.hasSuffix(unit.0) {
      guard let number = Double(String(plain.dropLast(unit.0.count))), number.isFinite, number >= 0 else { continue }
      self.init(relative: number * unit.relative, absolute: number * unit.absolute)
      return
    }
    return nil
  }

  /// The most that is allowed where the twins show that.
  package func limit(_ twin: Double) -> Double { twin * (1 + relative) + absolute }
}
