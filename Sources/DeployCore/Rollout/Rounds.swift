import DeployModel

/// Decides when a gate checks hosts, by the rules of older plans: it checks all places and, after an interval, all places again. A place
/// that does not answer delays the other places.
struct Rounds: Sendable, Hashable {
  private let places: Int
  private let checks: Int
  private let every: Interval
  private var position = 0
  private var running = 0
  private var round = 1

  /// - Parameter checks: the number of checks of each place.
  init(places: Int, checks: Int, every: Interval) {
    (self.places, self.checks, self.every) = (places, checks, every)
  }

  /// - Returns: the next move, or nil if every check has ended.
  mutating func next(mayBegin: Bool) -> Checking.Move? {
    if position < places {
      guard running < Checking.width else { return .wait }
      guard mayBegin else { return .hold }
      let slots = position..<min(places, position + Checking.width - running)
      running += slots.count
      position = slots.upperBound
      return .check(Array(slots))
    }
    guard running == 0 else { return .wait }
    guard round < checks else { return nil }
    round += 1
    position = 0
    return .rest(every)
  }

  mutating func ended() { running -= 1 }
}
