/// Repeated looks at hosts, and the question for each look. Only time with a running engine counts, so it is counted in looks.
package struct Watch: Sendable, Hashable, Codable {
  package enum Question: Sendable, Hashable, Codable {
    case check(Check)
    /// A function of recipe 0 that is called with each host. The look is bad if it raises an error or returns false.
    case function(Int)
  }

  /// How late, after its limit, the answer of a look may arrive.
  package static let answer = Interval.seconds(5)

  package var question: Question
  /// Numbers of the hosts to look at; nil: those that this deployment has brought to the release so far, including *ready* ones that run
  /// it.
  package var hosts: [Int]?
  /// Whether the engine's machine asks once for all hosts, instead of each host.
  package var isFromEngine: Bool
  /// The time between two looks.
  package var every: Interval
  /// Number of looks at each host, from 1.
  package var looks: Int
  /// The time limit of one look.
  package var limit: Interval
  /// Whether a rehearsal plays it, so that one look at each host stands for all of them; nil: no.
  package var isPlayed: Bool?
  /// How many of all looks at all hosts may find a host bad.
  package var allow: Int
  /// Set for an analysis: the function measures hosts, and no look is good or bad by itself. nil: it is no analysis.
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
