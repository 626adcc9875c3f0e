import DeployModel

/// Which of a plan's freeze times holds, as one timer after the other tells: the core knows no time of day.
struct FreezeState: Sendable, Hashable {
  private let times: [Freeze]
  /// Of the time that holds or, if none does, that comes next.
  private var next = 0
  private var now: Timestamp
  private var holds = false
  /// Somebody set the time that holds aside, with a reason.
  private var isLifted = false

  /// - Parameter start: when its deployment was planned.
  init(_ times: [Freeze] = [], at start: Timestamp = Timestamp(milliseconds: 0)) {
    self.times = times.filter { $0.until > start }
    now = start
    holds = self.times.first?.holds(start) == true
  }

  /// The time that keeps waves from beginning; nil: none does.
  var current: Freeze? { holds && !isLifted ? times[next] : nil }

  /// Time until it changes next; nil: it does not.
  mutating func change() -> Interval? {
    guard next < times.count else { return nil }
    let boundary = holds ? times[next].until : times[next].from
    defer { now = max(now, boundary) }
    return max(.zero, boundary - now)
  }

  /// It changed.
  mutating func turned() {
    if holds { next += 1 }
    holds.toggle()
    isLifted = false
  }

  mutating func lift() { isLifted = true }
}
