/// A period in which a deployment begins no further hosts. The plan pins the period, so that later changes of clocks or time zones have no
/// effect.
package struct Freeze: Sendable, Hashable, Codable {
  package var from: Timestamp
  /// The first moment after the freeze.
  package var until: Timestamp
  /// The freeze's name for people.
  package var name: String
  /// When the freeze begins, in the local time of its time zone: `Fri 2026-11-27 15:00`.
  package var begin: String
  /// When the freeze ends, in the local time of its time zone: `Mon 2026-11-30 08:00 Europe/Berlin`.
  package var end: String

  package init(from: Timestamp, until: Timestamp, name: String, begin: String, end: String) {
    self.from = from
    self.until = until
    self.name = name
    self.begin = begin
    self.end = end
  }

  /// Whether a moment is inside the freeze.
  package func holds(_ moment: Timestamp) -> Bool { from <= moment && moment < until }

  /// The freeze rule that a deployment pins.
  package struct Rule: Sendable, Hashable, Codable {
    /// The freezes in chronological order. They do not overlap.
    package var times: [Freeze]
    /// Why this deployment ignores the freezes, or nil if it obeys them.
    package var override: String?

    package init(_ times: [Freeze], override: String? = nil) {
      self.times = times
      self.override = override
    }
  }
}
