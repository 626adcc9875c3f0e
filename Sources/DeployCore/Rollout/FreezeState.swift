import DeployModel

/// Which of a plan's freeze times holds. The core knows no time of day, so timers tell it.
struct FreezeState: Sendable, Hashable {
  private let times: [Freeze]
  /// The index of the time that holds or, if none does, of the next one.
  private var next = 0
  private var now: Timestamp
  private var holds = false
  /// Whether somebody has overridden the time that holds, with a reason.
  private var isLifted = false

  /// - Parameter start: when its deployment was planned.
  init(_ times: [Freeze] = [], at start: Timestamp = Timestamp(milliseconds: 0)) {
    self.times = times.filter { $0.until > start }
    now = start
    holds = self.times.first?.holds(start) == true
  }

  /// The time in which no wave begins; nil: none holds.
  var current: Freeze? { holds && !isLifted ? times[next] : nil }

  /// The interval until the next change; nil: there is none.
  mutating func change() -> Interval? {
    guard next < times.count else { return nil }
    let boundary = holds ? times[next].until : times[next].from
    defer { now = max(now, boundary) }
    return max(.zero, boundary - now)
  }

  /// The next change has come.
  mutating func turned() {
    if holds { next += 1 }
    holds.toggle()
    isLifted = false
  }

  mutating func lift() { isLifted = true }
}
