/// A date and time of the Gregorian calendar, without a zone.
package struct Civil: Sendable, Hashable {
  package var year, month, day: Int
  /// Seconds after midnight.
  package var second: Int

  /// - Parameter moment: seconds since 1970-01-01 00:00.
  package init(_ moment: Int) {
    let days = Self.floor(moment, 86_400)
    second = moment - days * 86_400
    // The calculation counts in eras of 400 years that begin on 1 March, so that a leap day is the last day of its year.
    let z = days + 719_468
    let era = Self.floor(z, 146_097)
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Returns the number of days from 1970-01-01 to a date.
  package static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = floor(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  /// Returns the day of the week, from 1 for Monday to 7 for Sunday.
  /// - Parameter days: days since 1970-01-01.
  package static func weekday(_ days: Int) -> Int { (days + 3 - floor(days + 3, 7) * 7) + 1 }

  /// The date and time for people: `Mon 2026-11-30 08:00`.
  package var text: String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let weekday = Self.weekdays[Self.weekday(Self.days(year, month, day)) - 1]
    return "\(weekday) \(year)-\(two(month))-\(two(day)) \(two(second / 3600)):\(two(second / 60 % 60))"
  }
  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  private static func floor(_ number: Int, _ divisor: Int) -> Int { (number - (number < 0 ? divisor - 1 : 0)) / divisor }
}
