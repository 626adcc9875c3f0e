/// Hosts that are looked at again and again, and what is asked of each. Only time in which somebody looks counts: it is counted in looks.
package struct Watch: Sendable, Hashable, Codable {
  package enum Question: Sendable, Hashable, Codable {
    case check(Check)
    /// A function of recipe 0 that is called with each host; it fails if it raises or gives false.
    case function(Int)
  }

  /// How long beyond its limit the answer of a look may take to arrive.
  package static let answer = Interval.seconds(5)

  package var question: Question
  /// Numbers of the hosts that are looked at; nil: those that this deployment has brought to the release so far, *ready* ones that run it
  /// among them.
  package var hosts: [Int]?
  /// Whether the engine's machine asks, once for all hosts, instead of each host.
  package var isFromEngine: Bool
  /// Between two looks.
  package var every: Interval
  /// Number of looks at each host, from 1.
  package var looks: Int
  /// How long one look may take.
  package var limit: Interval
  /// Whether a rehearsal plays it, where one look at each host stands for all of them; nil: no.
  package var isPlayed: Bool?
  /// Number of looks that may find a host bad, of all looks at all hosts.
  package var allow: Int
  /// What makes it an analysis: the function measures hosts, and no look is good or bad by itself. nil: it is none.
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
