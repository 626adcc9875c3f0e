/// The watch of a deployment after it has succeeded. The hosts go back if too many looks are bad.
package struct Alarm: Sendable, Hashable, Codable {
  /// The most looks at each host. Each look leaves a few small files there until releases are pruned.
  package static let most = 1000

  /// How long the alarm lasts after the end of its deployment.
  package var during: Interval
  /// The question of each look.
  package var check: Check
  /// Whether the engine's machine asks once for all hosts, instead of each host.
  package var isFromEngine: Bool
  /// The time between two looks.
  package var every: Interval
  /// The time limit of one look.
  package var limit: Interval
  /// How many of all looks at all hosts may find a host bad.
  package var allow: Int
  /// The alarm's name for people.
  package var name: String
  /// The recipe's line of the alarm; nil: it has no line of its own.
  package var place: SourcePlace?

  package init(
    during: Interval, check: Check, isFromEngine: Bool = false, every: Interval = .seconds(10), limit: Interval = .seconds(10),
    allow: Int = 0, name: String = "alarm", place: SourcePlace? = nil
  ) {
    self.during = during
    self.check = check
    self.isFromEngine = isFromEngine
    self.every = every
    self.limit = limit
    self.allow = allow
    self.name = name
    self.place = place
  }

  /// The looks that are left, at these hosts.
  /// - Parameters:
  ///   - hosts: the numbers of the hosts.
  ///   - time: the time that is left.
  ///   - spent: the number of bad looks so far.
  package func watch(of hosts: [Int], for time: Interval, after spent: Int) -> Watch {
    let rests = (max(time, .zero).milliseconds + every.milliseconds - 1) / max(1, every.milliseconds)
    return Watch(
      .check(check), hosts: hosts, isFromEngine: isFromEngine, every: every, looks: rests + 1, limit: limit, allow: max(0, allow - spent))
  }
}
