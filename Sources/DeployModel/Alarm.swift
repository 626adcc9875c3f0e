/// Repeated checks of a deployment's hosts after the deployment has succeeded. If too many checks fail, the hosts are rolled back.
package struct Alarm: Sendable, Hashable, Codable {
  /// The largest number of checks of one host. Each check leaves a few small files on the host until releases are pruned.
  package static let most = 1000

  /// How long the alarm lasts once its deployment has ended.
  package var during: Interval
  /// What each check asks.
  package var check: Check
  /// Whether one check on the engine's machine counts for all hosts. If false, each host is checked separately.
  package var isFromEngine: Bool
  /// The time between two checks.
  package var every: Interval
  /// The time limit of one check.
  package var limit: Interval
  /// The number of allowed failed checks, counted over all hosts. One more failed check fires the alarm.
  package var allow: Int
  /// The alarm's name for people.
  package var name: String
  /// The recipe's line that declares the alarm, or nil if no line does.
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

  /// Returns the watch that performs the alarm's remaining checks.
  /// - Parameters:
  ///   - hosts: the numbers of the hosts to check.
  ///   - time: the remaining time of the alarm.
  ///   - spent: the number of failed checks so far.
  package func watch(of hosts: [Int], for time: Interval, after spent: Int) -> Watch {
    let rests = (max(time, .zero).milliseconds + every.milliseconds - 1) / max(1, every.milliseconds)
    return Watch(
      .check(check), hosts: hosts, isFromEngine: isFromEngine, every: every, looks: rests + 1, limit: limit, allow: max(0, allow - spent))
  }
}
