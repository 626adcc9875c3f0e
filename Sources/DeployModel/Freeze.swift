/// A time in which a deployment begins no further hosts. It is pinned when the deployment is planned, so that a later change of clocks or
/// time zones has no effect.
package struct Freeze: Sendable, Hashable, Codable {
  package var from: Timestamp
  /// The first moment after the freeze.
  package var until: Timestamp
  /// The freeze's name for people.
  package var name: String
  /// When it begins, by the clock of its place: `Fri 2026-11-27 15:00`.
  package var begin: String
  /// When it ends, by the clock of its place: `Mon 2026-11-30 08:00 Europe/Berlin`.
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
    /// The freezes, in order, without overlaps.
    package var times: [Freeze]
    /// Why the freezes do not hold for this deployment; nil: they hold.
    package var override: String?

    package init(_ times: [Freeze], override: String? = nil) {
      self.times = times
      self.override = override
    }
  }
}
