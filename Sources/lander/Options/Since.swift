import ArgumentParser
import DeployModel

/// The beginning of a period, as it is typed.
enum Since: ExpressibleByArgument {
  case back(Interval)
  /// The beginning of a day in UTC, as the number of days since 1970-01-01.
  case day(Int)

  /// - Returns: nil if the text is not a period, or if the calendar does not have the day.
  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    if parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] {
      let days = (1970...9999).contains(year) && (1...12).contains(month) && (1...31).contains(day) ? Civil.days(year, month, day) : -1
      let civil = Civil(days * 86_400)
      guard days >= 0, (civil.year, civil.month, civil.day) == (year, month, day) else { return nil }
      self = .day(days)
    } else if argument.hasSuffix("d"), let days = Int(argument.dropLast()), (1...36_500).contains(days) {
      self = .back(.minutes(days * 1440))
    } else {
      guard let time = Interval(argument), time > .zero else { return nil }
      self = .back(time)
    }
  }

  func moment(before now: Timestamp) -> Timestamp {
    switch self {
    case .back(let time): Timestamp(milliseconds: now.milliseconds - time.milliseconds)
    case .day(let days): Timestamp(milliseconds: days * 86_400_000)
    }
  }

  var defaultValueDescription: String { "30d" }
}
