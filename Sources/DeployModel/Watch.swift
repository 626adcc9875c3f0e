/// Repeated checks of hosts, called looks, and the question that each look asks. The watch's duration is a number of looks, because time
/// without a running engine does not count.
package struct Watch: Sendable, Hashable, Codable {
  package enum Question: Sendable, Hashable, Codable {
    case check(Check)
    /// A function of recipe 0, called for each host. A look is bad if the function raises an error or returns false.
    case function(Int)
  }

  /// How long an answer can still arrive after the look's time limit.
  package static let answer = Interval.seconds(5)

  package var question: Question
  /// The numbers of the hosts to look at. Nil means the hosts that have the deployment's release when the looks begin, including *ready*
  /// hosts that run it.
  package var hosts: [Int]?
  /// Whether a look is one check on the engine's machine that counts for all hosts. If false, each host is looked at separately.
  package var isFromEngine: Bool
  /// The time between two looks.
  package var every: Interval
  /// The number of looks at each host, at least 1.
  package var looks: Int
  /// The time limit of one look.
  package var limit: Interval
  /// Whether this is a rehearsal, in which one look at each host replaces all looks. Nil means no.
  package var isPlayed: Bool?
  /// The number of allowed bad looks, counted over all hosts. One more bad look fails the watch.
  package var allow: Int
  /// For an analysis, how hosts are compared. In that case, the function measures hosts, and no single look is good or bad. Nil if the
  /// watch is not an analysis.
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
