/// A question that must be answered before a strategy exposes more hosts.
package struct Gate: Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Hashable, Codable {
    /// Passes when its time is over.
    case time
    /// Looks at hosts for a while; `watch` says how.
    case check
    /// Compares hosts with their twins for a while; `watch` says how.
    case analysis
    /// Waits for a person who approves or rejects.
    case approval
    /// Waits for a person who resumes.
    case pause
  }

  /// What a gate that failed does.
  package enum Failing: String, Sendable, Hashable, Codable {
    /// Fails the deployment, before the strategy gets the answer.
    case fail
    /// Gives the answer to the strategy, which decides.
    case `return`
  }

  /// What a check does if it got no answer.
  package enum Undecided: String, Sendable, Hashable, Codable {
    /// Opens an approval gate of the same name.
    case ask
    case fail
    case pass
  }

  package var kind: Kind
  /// The gate's name for people: `wait`, `watch`, or a name of the recipe's own.
  package var name: String
  /// The question in a sentence; empty if kind, name and watch say it.
  package var message: String
  /// How long a `time` gate waits, and how long `check` and `analysis` look at hosts. The other kinds fail if nobody answers within this
  /// time.
  package var time: Interval
  /// How hosts are looked at; only of `check` and `analysis`.
  package var watch: Watch?
  package var failing: Failing
  package var undecided: Undecided
  /// The people who may approve, by their names in `allowed_signers`; their answers have to be signed. Nil: anybody, unverified.
  package var from: [String]?
  /// The number of people who have to approve; nil: one.
  package var count: Int?
  /// The recipe's line; nil: it has none.
  package var place: SourcePlace?

  package init(
    _ kind: Kind, name: String, message: String = "", time: Interval, watch: Watch? = nil, failing: Failing = .fail,
    undecided: Undecided = .ask, from: [String]? = nil, count: Int? = nil, place: SourcePlace? = nil
  ) {
    self.kind = kind
    self.name = name
    self.message = message
    self.time = time
    self.watch = watch
    self.failing = failing
    self.undecided = undecided
    self.from = from
    self.count = count
    self.place = place
  }

  /// Who approves in a simulation, one after the other: as many signers as the gate asks for, or a person without a signature (nil).
  package var simulatedSigners: [String?] {
    guard let from else { return [nil] }
    let distinct = from.reduce(into: [String]()) { known, name in
      if !known.contains(where: { $0.isExactly(name) }) { known.append(name) }
    }
    return Array(distinct.prefix(count ?? 1))
  }

  /// The longest time that the gate stays open while an engine runs.
  package var longest: Interval {
    guard let watch else { return time }
    let rests = Interval(milliseconds: watch.every.milliseconds.times(max(0, watch.looks - 1)))
    return max(time, rests) + Interval(milliseconds: watch.limit.milliseconds.times(watch.looks)) + Watch.answer
  }
}
