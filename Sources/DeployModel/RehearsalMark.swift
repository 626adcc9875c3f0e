/// What a rehearsal writes among the operations, as lines of the log: what takes time and is no operation.
package enum RehearsalMark: Sendable, Hashable {
  /// `sleep`, and `rollout:wait` between two waves.
  case pause(Interval)
  /// The next operation runs at most `times` times, with `pauses` milliseconds of pauses in all.
  case repeats(times: Int, pauses: Int)

  /// As a line of the log. It cannot be a recipe's own: a rehearsal does not keep those.
  package var line: LogLine {
    switch self {
    case .pause(let interval): LogLine(.debug, "pause \(interval.milliseconds)")
    case .repeats(let times, let pauses): LogLine(.debug, "repeats \(times) \(pauses)")
    }
  }

  /// Nil for any other line.
  package init?(_ line: LogLine) {
    let words = line.text.split(separator: " ")
    let numbers = words.dropFirst().compactMap { Int($0) }
    switch (words.first, numbers.count) {
    case ("pause", 1): self = .pause(Interval(milliseconds: numbers[0]))
    case ("repeats", 2): self = .repeats(times: numbers[0], pauses: numbers[1])
    default: return nil
    }
  }
}
