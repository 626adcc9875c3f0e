/// A question that must be answered before a strategy gives the release to more hosts.
package struct Gate: Sendable, Hashable, Codable {
  package enum Kind: String, Sendable, Hashable, Codable {
    /// Passes when its time has elapsed.
    case time
    /// Checks hosts repeatedly, as `watch` specifies.
    case check
    /// Compares hosts repeatedly with their twins, as `watch` specifies.
    case analysis
    /// Waits until a person approves or rejects.
    case approval
    /// Waits until a person resumes the deployment.
    case pause
  }

  /// What happens when the gate fails.
  package enum Failing: String, Sendable, Hashable, Codable {
    /// Fails the deployment, before the strategy gets the answer.
    case fail
    /// Returns the answer to the strategy, which decides.
    case `return`
  }

  /// What happens when a check gets no answer.
  package enum Undecided: String, Sendable, Hashable, Codable {
    /// The core opens an approval gate with the same name.
    case ask
    case fail
    case pass
  }

  package var kind: Kind
  /// The gate's name for people: `wait`, `watch`, or a name from the recipe.
  package var name: String
  /// The question as a sentence, or empty if people can tell the question from the kind, name and watch.
  package var message: String
  /// How long a `time` gate waits, and how long `check` and `analysis` check or measure hosts. The other kinds fail if nobody answers
  /// within this time.
  package var time: Interval
  /// How the gate checks or measures hosts, or nil for kinds other than `check` and `analysis`.
  package var watch: Watch?
  package var failing: Failing
  package var undecided: Undecided
  /// The people who are allowed to approve, by their names in `allowed_signers`. Their approvals have to be signed. Nil means that anybody
  /// is allowed to approve, and nobody verifies who did.
  package var from: [String]?
  /// The number of people who have to approve, or nil for one.
  package var count: Int?
  /// The recipe's line that opens the gate, or nil if no line does.
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

  /// Whether the gate waits for an answer of people.
  package var asksPeople: Bool { kind == .approval || kind == .pause }

  /// The people who approve the gate in a simulation, one after the other: as many signers as the gate requires, or one unsigned approval
  /// (nil).
  package var simulatedSigners: [String?] {
    guard let from else { return [nil] }
    let distinct = from.reduce(into: [String]()) { known, name in
      if !known.contains(where: { $0.isExactly(name) }) { known.append(name) }
    }
    return Array(distinct.prefix(count ?? 1))
  }

  /// The longest time that the gate stays open. Time in which no engine runs does not count.
  package var longest: Interval {
    guard let watch else { return time }
    let rests = Interval(milliseconds: watch.every.milliseconds.times(max(0, watch.looks - 1)))
    return max(time, rests) + Interval(milliseconds: watch.limit.milliseconds.times(watch.looks)) + Watch.answer
  }
}
