package import DeployModel

/// A moment as a calendar date and a time of day, in forms for people and for programs.
package struct When: Sendable, Hashable {
  package var year, month, day, hour, minute, second, millisecond: Int

  /// Makes the date and the time of day at a place `zone` seconds east of Greenwich.
  package init(_ moment: Timestamp, zone: Int = 0) {
    // A damaged record can contain any number. So a moment before the year 0 or after the year 9999 is replaced by the nearest moment in
    // that range.
    let known = max(-62_167_219_200_000, min(moment.milliseconds, 253_402_300_799_999))
    let shifted = known + max(-86_400, min(zone, 86_400)) * 1000
    let seconds = (shifted - (shifted < 0 ? 999 : 0)) / 1000
    let civil = Civil(seconds)
    (year, month, day) = (civil.year, civil.month, civil.day)
    (hour, minute, second) = (civil.second / 3600, civil.second / 60 % 60, civil.second % 60)
    millisecond = shifted - seconds * 1000
  }

  /// The time of day, such as `11:30:45`.
  package var clock: String { "\(two(hour)):\(two(minute)):\(two(second))" }
  /// The date and the time of day, such as `2026-11-21 11:30:45`.
  package var full: String { "\(year)-\(two(month))-\(two(day)) \(clock)" }

  /// Returns the moment in UTC, no matter what the local zone is, such as `2026-11-21T11:30:45.123Z`.
  package static func iso(_ moment: Timestamp) -> String {
    let when = When(moment)
    let fraction = String(1000 + when.millisecond).dropFirst()
    return "\(when.year)-\(two(when.month))-\(two(when.day))T\(when.clock).\(fraction)Z"
  }

  /// Returns how long ago the moment was, such as `just now`, `4 m ago`, `3 h ago` or `5 days ago`.
  package static func ago(_ moment: Timestamp, now: Timestamp) -> String {
    let seconds = (now - moment).milliseconds / 1000
    switch seconds {
    case ..<10: return "just now"
    case ..<60: return "\(seconds) s ago"
    case ..<3600: return "\(seconds / 60) m ago"
    case ..<172_800: return "\(seconds / 3600) h ago"
    default: return "\(seconds / 86_400) days ago"
    }
  }
}

private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
