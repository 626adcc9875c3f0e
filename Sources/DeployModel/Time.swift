/// A duration, coded as a whole number of milliseconds. A sum that does not fit becomes the nearest limit of the range.
package struct Interval: Milliseconds {
  package var milliseconds: Int
  package init(milliseconds: Int) { self.milliseconds = milliseconds }
  package static let zero = Interval(milliseconds: 0)
  package static func seconds(_ count: Int) -> Interval { Interval(milliseconds: count.times(1000)) }
  package static func minutes(_ count: Int) -> Interval { .seconds(count.times(60)) }
  package static func + (a: Interval, b: Interval) -> Interval { Interval(milliseconds: a.milliseconds.plus(b.milliseconds)) }

  package init(_ duration: Duration) {
    let (seconds, atto) = duration.components
    self.init(milliseconds: Int(seconds).times(1000).plus(Int(atto / 1_000_000_000_000_000)))
  }
  package var duration: Duration { .milliseconds(milliseconds) }

  /// Reads `90`, `"90s"`, `"1.5m"`, `"2h"`, `"250ms"` or `"1d"`. Returns nil if the string is not a duration, or if the duration is
  /// negative or longer than 100 days.
  package init?(_ text: String) {
    let units: [(String, Double)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
    let unit = units.first { text.hasSuffix($0.0) && Double(text.dropLast($0.0.count)) != nil } ?? ("", 1000)
    let digits = text.dropLast(unit.0.count)
    // `Double` also accepts "+1", "1e0" and "inf", but a duration in a recipe is never written like that.
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }) else { return nil }
    guard let count = Double(digits), count * unit.1 <= 8_640_000_000 else { return nil }
    milliseconds = Int((count * unit.1).rounded())
  }
}

extension Interval: CustomStringConvertible {
  /// The duration for people, in at most two units: `250 ms`, `1.5 s`, `4 m 02 s`, `1 h 05 m`.
  package var description: String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let seconds = milliseconds / 1000
    if milliseconds < 1000 { return "\(milliseconds) ms" }
    if seconds < 10, milliseconds % 1000 >= 100 { return "\(seconds).\(milliseconds % 1000 / 100) s" }
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return seconds % 60 == 0 ? "\(seconds / 60) m" : "\(seconds / 60) m \(two(seconds % 60)) s" }
    return seconds % 3600 < 60 ? "\(seconds / 3600) h" : "\(seconds / 3600) h \(two(seconds % 3600 / 60)) m"
  }
}

/// A point in time, by the clock of the engine's machine. It is coded as the number of milliseconds since 1970-01-01 00:00 UTC.
package struct Timestamp: Milliseconds {
  package var milliseconds: Int
  package init(milliseconds: Int) { self.milliseconds = milliseconds }
  package static func - (a: Timestamp, b: Timestamp) -> Interval { Interval(milliseconds: a.milliseconds.minus(b.milliseconds)) }
  package static func + (a: Timestamp, b: Interval) -> Timestamp { Timestamp(milliseconds: a.milliseconds.plus(b.milliseconds)) }
}
