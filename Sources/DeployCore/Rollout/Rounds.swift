import DeployModel

/// Decides when a check gate looks at hosts, by the rules of older plans: it looks at all places and, after an interval, at all places
/// again. A place that does not answer delays the other places.
struct Rounds: Sendable, Hashable {
  private let places: Int
  private let looks: Int
  private let every: Interval
  private var position = 0
  private var running = 0
  private var round = 1

  /// - Parameter looks: the number of looks at each place.
  init(places: Int, looks: Int, every: Interval) {
    (self.places, self.looks, self.every) = (places, looks, every)
  }

  /// - Returns: the next move, or nil if every look has ended.
  mutating func next(mayBegin: Bool) -> Looking.Move? {
    if position < places {
      guard running < Looking.width else { return .wait }
      guard mayBegin else { return .hold }
      let slots = position..<min(places, position + Looking.width - running)
      running += slots.count
      position = slots.upperBound
      return .look(Array(slots))
    }
    guard running == 0 else { return .wait }
    guard round < looks else { return nil }
    round += 1
    position = 0
    return .rest(every)
  }

  mutating func ended() { running -= 1 }
}
