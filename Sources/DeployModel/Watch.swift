/// Repeated looks at hosts, and the question for each look. Only time with a running engine counts, so it is counted in looks.
package struct Watch: Sendable, Hashable, Codable {
  package enum Question: Sendable, Hashable, Codable {
    case check(Check)
    /// A function of recipe 0 that is called with each host. The look is bad if it raises an error or returns false.
    case function(Int)
  }

  /// How long after a look's limit its answer may arrive.
  package static let answer = Interval.seconds(5)

  package var question: Question
  /// Numbers of the hosts to look at; nil: the hosts that have the release of this deployment so far, including *ready* hosts that run it.
  package var hosts: [Int]?
  /// Whether the engine's machine asks once for all hosts, instead of each host.
  package var isFromEngine: Bool
  /// The time between two looks.
  package var every: Interval
  /// Number of looks at each host, from 1.
  package var looks: Int
  /// The time limit of one look.
  package var limit: Interval
  /// Whether the watch is only rehearsed, so that one look at each host stands for all looks; nil: no.
  package var isPlayed: Bool?
  /// How many of all looks at all hosts may find a host bad.
  package var allow: Int
  /// The comparison of an analysis: the function measures hosts, and no look is good or bad by itself. Nil: the watch is no analysis.
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
