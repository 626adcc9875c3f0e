/// Something that takes time but is not an operation. A rehearsal records it as a line of the log, between the operations.
package enum RehearsalMark: Sendable, Hashable {
  /// A pause: `sleep`, or `rollout:wait` between two waves.
  case pause(Interval)
  /// The next operation runs at most `times` times, with pauses of `pauses` milliseconds in total.
  case repeats(times: Int, pauses: Int)

  /// The mark as a line of the log. No recipe can write such a line, because a rehearsal drops what recipes log.
  package var line: LogLine {
    switch self {
    case .pause(let interval): LogLine(.debug, "pause \(interval.milliseconds)")
    case .repeats(let times, let pauses): LogLine(.debug, "repeats \(times) \(pauses)")
    }
  }

  /// Reads a mark from a line of the log. Returns nil if the line is not a mark.
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
