import DeployModel

/// Which of a plan's freeze times holds. The core does not know the time of day, so it uses timers.
struct FreezeState: Sendable, Hashable {
  private let times: [Freeze]
  /// The index of the freeze time that holds; if none holds, the index of the next freeze time.
  private var next = 0
  private var now: Timestamp
  private var holds = false
  /// Whether the freeze time that holds is overridden, with a reason.
  private var isLifted = false

  /// - Parameter start: when the deployment was planned.
  init(_ times: [Freeze] = [], at start: Timestamp = Timestamp(milliseconds: 0)) {
    self.times = times.filter { $0.until > start }
    now = start
    holds = self.times.first?.holds(start) == true
  }

  /// The freeze time that holds; nil: waves may begin.
  var current: Freeze? { holds && !isLifted ? times[next] : nil }

  /// The interval until the next change; nil: there is no further change.
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
