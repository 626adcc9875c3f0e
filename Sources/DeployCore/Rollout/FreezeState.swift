import DeployModel

/// Which of a plan's freezes is in force now. The core has no clock, so the end and the start of freezes are timers.
struct FreezeState: Sendable, Hashable {
  private let times: [Freeze]
  /// The index of the freeze that is in force now, or of the next freeze if none is in force.
  private var next = 0
  private var now: Timestamp
  private var holds = false
  /// Whether a person has lifted the freeze that is in force now.
  private var isLifted = false

  /// - Parameter start: when the deployment was planned.
  init(_ times: [Freeze] = [], at start: Timestamp = Timestamp(milliseconds: 0)) {
    self.times = times.filter { $0.until > start }
    now = start
    holds = self.times.first?.holds(start) == true
  }

  /// The freeze that is in force now and was not lifted, or nil if waves are allowed to begin.
  var current: Freeze? { holds && !isLifted ? times[next] : nil }

  /// Returns the time until the next freeze begins or the current freeze ends, or nil if neither will happen.
  mutating func change() -> Interval? {
    guard next < times.count else { return nil }
    let boundary = holds ? times[next].until : times[next].from
    defer { now = max(now, boundary) }
    return max(.zero, boundary - now)
  }

  /// Records that the next freeze has begun, or that the current freeze has ended.
  mutating func turned() {
    if holds { next += 1 }
    holds.toggle()
    isLifted = false
  }

  mutating func lift() { isLifted = true }
}
