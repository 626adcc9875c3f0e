/// Repeated checks of hosts, or the repeated measurements of an analysis, and the question that is asked each time. The watch's duration is
/// a number of checks, because time without a running engine does not count. For an analysis, the word *check* in this type means a
/// measurement.
package struct Watch: Sendable, Hashable, Codable {
  package enum Question: Sendable, Hashable, Codable {
    case check(Check)
    /// A function of recipe 0, called for each host. A check fails if the function raises an error or returns false.
    case function(Int)
  }

  /// How long an answer can still arrive after the check's time limit.
  package static let answer = Interval.seconds(5)

  package var question: Question
  /// The numbers of the hosts to check. Nil means the hosts that have the deployment's release when the checks begin, including *ready*
  /// hosts that run it.
  package var hosts: [Int]?
  /// Whether one check on the engine's machine counts for all hosts. If false, each host is checked separately.
  package var isFromEngine: Bool
  /// The time between two checks.
  package var every: Interval
  /// The number of checks of each host, at least 1. Plans store it under this name.
  package var looks: Int
  /// The time limit of one check.
  package var limit: Interval
  /// Whether this is a rehearsal, in which one check of each host replaces all checks. Nil means no.
  package var isPlayed: Bool?
  /// The number of allowed failed checks, counted over all hosts. One more failed check fails the watch.
  package var allow: Int
  /// For an analysis, how hosts are compared. In that case, the function measures hosts, and no single measurement passes or fails. Nil if
  /// the watch is not an analysis.
  package var comparison: Comparison?

  package init(
    _ question: Question, hosts: [Int]? = nil, isFromEngine: Bool = false, every: Interval = .seconds(10), looks: Int,
    limit: Interval = .seconds(10), allow: Int = 0, isPlayed: Bool? = nil,
    comparison: Comparison? = nil
  ) {
    self.comparison = comparison
    self.question = question
    self.hosts = hosts
    self.isFromEngine = isFromEngine
    self.every = every
    self.looks = looks
    self.limit = limit
    self.allow = allow
    self.isPlayed = isPlayed
  }
}
