/// A period in which nothing is deployed, as a recipe writes it: hours of some days, in the local time of a time zone.
package struct FreezeWindow: Sendable, Hashable, Codable {
  /// A range of dates that includes both ends.
  package struct Dates: Sendable, Hashable, Codable {
    /// Days since 1970-01-01.
    package var first: Int
    package var last: Int
    package init(first: Int, last: Int) {
      self.first = first
      self.last = last
    }
  }

  /// The days of the week on which the window begins, from 1 for Monday to 7 for Sunday, or empty for every day.
  package var days: [Int]
  /// The dates on which the window begins, or empty for any date.
  package var dates: [Dates]
  /// When the window begins on each of these days, in minutes after midnight, 0 to 1439.
  package var from: Int
  /// When the window ends, in minutes after midnight, 1 to 1440. A value that is not greater than `from` refers to the next day.
  package var to: Int
  /// The time zone: `Europe/Berlin`, `UTC`, or an offset such as `+01:00`.
  package var zone: String
  /// The window's name for people.
  package var name: String
  package var place: SourcePlace?

  package init(
    days: [Int] = [], dates: [Dates] = [], from: Int = 0, to: Int = 1440, zone: String = "UTC", name: String, place: SourcePlace? = nil
  ) {
    self.days = days
    self.dates = dates
    self.from = from
    self.to = to
    self.zone = zone
    self.name = name
    self.place = place
  }
}
