/// Times in which nothing is deployed, as a recipe writes them: the hours of some days, by the clock of a place.
package struct FreezeWindow: Sendable, Hashable, Codable {
  /// Dates, from the first to the last of them.
  package struct Dates: Sendable, Hashable, Codable {
    /// Days since 1970-01-01.
    package var first: Int
    package var last: Int
    package init(first: Int, last: Int) {
      self.first = first
      self.last = last
    }
  }

  /// 1 for Monday to 7 for Sunday; empty: every day.
  package var days: [Int]
  /// Empty: whatever the date is.
  package var dates: [Dates]
  /// Minutes after midnight, 0 to 1439: when it begins on such a day.
  package var from: Int
  /// Minutes after midnight, 1 to 1440: when it ends. If that is not after `from`, it ends on the next day.
  package var to: Int
  /// `Europe/Berlin`, `UTC`, or an offset such as `+01:00`.
  package var zone: String
  /// What people call it.
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
