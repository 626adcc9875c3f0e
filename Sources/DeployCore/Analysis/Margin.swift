package import DeployModel

/// How much worse a release is allowed to be than the twins, which do not have it, in the user's units.
package struct Margin: Sendable, Hashable {
  /// The relative part of the margin, as a share of the twins' value: 0.1 is 10 %.
  package let relative: Double
  /// The absolute part of the margin, in the unit of the metric, or 0…1 for a rate.
  package let absolute: Double

  package init(relative: Double = 0, absolute: Double = 0) { (self.relative, self.absolute) = (relative, absolute) }

  /// Reads `+10%`, `+0.05pp`, `+50ms`, `+0.3s` or `+12`. The sign is optional. Durations are converted to milliseconds.
  /// - Returns: nil if the string is not a margin, or if the margin is negative.
  package init?(_ text: String) {
    let units: [(String, relative: Double, absolute: Double)] = [
      ("%", 0.01, 0), ("pp", 0, 0.01), ("ms", 0, 1), ("s", 0, 1000), ("", 0, 1),
    ]
    let plain = text.hasPrefix("+") ? String(text.dropFirst()) : text
    for unit in units where plain.hasSuffix(unit.0) {
      let digits = plain.dropLast(unit.0.count)
      guard digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".") }), let number = Double(digits),
        number.isFinite
      else { continue }
      self.init(relative: number * unit.relative, absolute: number * unit.absolute)
      return
    }
    return nil
  }

  /// Returns why a margin does not fit this kind of measurement, and what to write instead, or nil if it fits.
  package static func fault(_ text: String, of unit: Comparison.Unit) -> (message: String, fix: String)? {
    guard let margin = Margin(text) else {
      return ("\"\(text)\" is no margin", "write \"+10%\", \"+0.05pp\", \"+50ms\", \"+12\" or \"+0%\"")
    }
    switch unit {
    case .rate:
      if !text.hasSuffix("%"), !text.hasSuffix("pp") {
        return (
          "a rate is compared in percent or percentage points, got \"\(text)\"", "write \"+0.5pp\", or \"+10%\" of what the twins show"
        )
      }
      return margin.absolute < 1 ? nil : ("\"\(text)\" allows every rate: it is 100 percentage points at most", "write \"+0.5pp\"")
    case .value:
      guard text.hasSuffix("pp") else { return nil }
      return ("\"\(text)\" are percentage points, and a value is no rate", "write \"+10%\", \"+50ms\" or \"+12\"")
    }
  }

  /// Returns the largest value that the margin allows for the canaries if the twins have the value `twin`.
  package func limit(_ twin: Double) -> Double { twin + abs(twin) * relative + absolute }
}
