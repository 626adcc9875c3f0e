import DeployModel

/// Decides when a gate checks hosts. In each interval, one round checks every place whose previous check has ended. A place that does not
/// answer in time misses the rounds that begin in the meantime, but does not delay other places. If a place answers late, but within its
/// time limit, the checks that it missed are made later.
struct Beat: Sendable, Hashable {
  private struct Slot: Sendable, Hashable {
    /// The number of checks that have not ended. This includes the check under way.
    var left: Int
    /// The round of the check under way, or nil if none is under way.
    var round: Int?
    /// The number of the timer that ends the check under way.
    var timer = 0
    /// Whether the check under way has timed out and is being ended.
    var isLate = false

    /// Whether checks are left and none is under way.
    var isIdle: Bool { round == nil && left > 0 }
  }

  private var slots: [Slot]
  /// The number of slots that have checks left.
  private var open: Int
  private var running = 0
  private var round = 0
  /// Whether the next round is allowed to begin.
  private var isDue = true
  /// The index of the next slot in the current round.
  private var position: Int
  /// The number of timers so far. Each timer ends checks that get no answer in time.
  private(set) var timers = 0
  /// Whether the last timer ends a check that begins now. If false, a further timer will end it.
  private var isTimed = false

  /// - Parameter checks: the number of checks of each place, at least 1.
  init(places: Int, checks: Int) {
    slots = Array(repeating: Slot(left: checks), count: places)
    (open, position) = (places, places)
  }

  /// Records that the next round is due.
  mutating func rang() { isDue = true }

  /// - Returns: the next move, or nil if every check has ended.
  mutating func next(mayBegin: Bool) -> Checking.Move? {
    if open == 0 { return nil }
    if isDue, position == slots.count {
      guard mayBegin else { return .hold }
      (isDue, isTimed, position) = (false, true, 0)
      round += 1
      timers += 1
      return .round(timer: timers, another: slots.contains { $0.left > 1 })
    }
    let asked = mayBegin ? take() : []
    if !asked.isEmpty { return .check(asked) }
    isTimed = false
    return !mayBegin && slots[position...].contains { $0.isIdle } ? .hold : .wait
  }

  /// Returns the slots to check now, and records that their checks are under way.
  private mutating func take() -> [Int] {
    var asked: [Int] = []
    while position < slots.count, running < Checking.width || !slots[position].isIdle {
      if slots[position].isIdle {
        slots[position].round = round
        slots[position].timer = isTimed ? timers : timers + 1
        running += 1
        asked.append(position)
      }
      position += 1
    }
    return asked
  }

  /// Records that the check under way has timed out and is being ended.
  mutating func isOver(_ slot: Int) { slots[slot].isLate = true }

  /// Records that a check has ended.
  /// - Parameter isLate: whether the check got no answer within its time.
  /// - Returns: the number of rounds that the place missed because of this check.
  mutating func ended(_ slot: Int, isLate: Bool) -> Int {
    guard let begun = slots[slot].round else { return 0 }
    let missed = isLate || slots[slot].isLate ? min(slots[slot].left - 1, round - begun) : 0
    slots[slot] = Slot(left: slots[slot].left - 1 - missed)
    running -= 1
    if slots[slot].left == 0 { open -= 1 }
    return missed
  }

  /// Returns the slots whose checks this timer ends.
  func late(_ timer: Int) -> [Int] { slots.indices.filter { slots[$0].round != nil && slots[$0].timer <= timer } }

  /// Returns a further timer if the earlier timers do not end all checks under way, or nil if no further timer is needed.
  mutating func anotherTimer() -> Int? {
    guard slots.contains(where: { $0.round != nil && $0.timer > timers }) else { return nil }
    timers += 1
    return timers
  }
}
