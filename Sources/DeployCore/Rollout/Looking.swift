import DeployModel

/// The looks of a check gate, until their number is reached or too many were bad. While no engine runs there are no looks, so that time
/// does not count.
struct Looking: Sendable, Hashable {
  /// What to do next.
  enum Move: Sendable, Hashable {
    /// A round begins. `timer` ends its looks that get no answer in time.
    /// - another: whether a further round follows after the interval between two looks.
    case round(timer: Int, another: Bool)
    /// Looks at these slots now.
    case look([Int])
    /// Waits for answers.
    case wait
    /// Looks again as soon as new work may begin.
    case hold
    /// Looks again after this time.
    case rest(Interval)
    case end(Verdict, String)
  }

  /// What one look found.
  enum Finding: Sendable, Hashable {
    case good
    case bad(String)
    /// A measurement for an analysis; nil: the host has no data.
    case measured(CanaryAnalysis.Measure?)
    /// The look could not be taken, which says nothing about the release.
    case silent(String)
  }

  /// The most looks under way at once.
  static let width = 100
  /// The most looks of one gate, because each look takes two journal entries.
  static let most = 100_000

  let watch: Watch
  /// The place of each slot.
  let places: [Place]
  /// The names of slots, for messages.
  private let names: [String]
  private var pace: Pace
  private var bad = 0
  private var first: String?
  /// The number of looks without an answer, and the reason of the first.
  private var unanswered = 0
  private var firstSilence: String?
  /// Whether every look without an answer counts, instead of only the last at each place.
  private let countsSilence: Bool
  /// By slot: why the last look got no answer; nil: it got an answer.
  private var silent: [String?]
  /// The fold of an analysis; nil for a check.
  private var comparing: Comparing?

  private enum Pace: Sendable, Hashable {
    /// For plans with older rules.
    case rounds(Rounds)
    case beat(Beat)
  }

  /// - Parameters:
  ///   - names: the names of all hosts, by number.
  ///   - rules: the plan's rules.
  init(_ watch: Watch, names: [String], rules: Plan.Flow.Rules? = .newest) {
    self.watch = watch
    countsSilence = rules != nil
    places = watch.isFromEngine ? [.engine] : (watch.hosts ?? []).map { .host($0) }
    self.names = watch.isFromEngine ? ["this machine"] : (watch.hosts ?? []).map { names[$0] }
    silent = places.map { _ in nil }
    comparing = watch.comparison.map { Comparing($0, looks: watch.looks, countsGaps: rules?.countsGaps == true) }
    let looks = watch.isPlayed == true ? 1 : watch.looks
    pace =
      rules?.looksAlone == true
      ? .beat(Beat(places: places.count, looks: looks)) : .rounds(Rounds(places: places.count, looks: looks, every: watch.every))
  }

  /// The slot's name in messages.
  func name(of slot: Int) -> String { names[slot] }

  /// Whether the previous look got no answer.
  func wasSilent(_ slot: Int) -> Bool { silent[slot] != nil }

  /// Number of all looks of the gate.
  var total: Int { places.count.times(watch.looks) }

  /// - Parameter mayBegin: whether a look may begin now.
  mutating func next(mayBegin: Bool) -> Move {
    if bad > watch.allow { return .end(.fail, failing) }
    if let end = comparing?.end, watch.isPlayed != true { return .end(end.verdict, end.comment) }
    if places.isEmpty { return .end(.inconclusive, "no host has the release yet, so there is nothing to look at") }
    if let move = proceed(mayBegin) { return move }
    // A rehearsal has one made-up look at each host, so there is nothing to compare.
    if comparing != nil { return .end(firstSilence == nil ? .pass : .inconclusive, firstSilence ?? "") }
    if let slot = silent.firstIndex(where: { $0 != nil }), let reason = silent[slot] {
      let others = silent.count { $0 != nil } - 1
      return .end(.inconclusive, "no answer from \(names[slot])\(others > 0 ? " and \(others) more" : ""): \(reason)")
    }
    if countsSilence, bad + unanswered > watch.allow, unanswered > 0 {
      let allowed = watch.allow == 0 ? "" : " (\(bad) bad looks besides, and \(watch.allow) in all are allowed)"
      return .end(.inconclusive, "\(unanswered) of \(total) looks got no answer, the first from \(firstSilence ?? "")\(allowed)")
    }
    return .end(.pass, "")
  }

  /// - Returns: nil when every look has ended.
  private mutating func proceed(_ mayBegin: Bool) -> Move? {
    switch pace {
    case .rounds(var rounds):
      defer { pace = .rounds(rounds) }
      return rounds.next(mayBegin: mayBegin)
    case .beat(var beat):
      defer { pace = .beat(beat) }
      return beat.next(mayBegin: mayBegin)
    }
  }

  /// Changes the beat; nil: the plan's rules have none.
  private mutating func beat<T>(_ change: (inout Beat) -> T) -> T? {
    guard case .beat(var beat) = pace else { return nil }
    defer { pace = .beat(beat) }
    return change(&beat)
  }

  /// The interval between two looks is over.
  mutating func rang() { beat { $0.rang() } }

  /// The look under way was told to end, because its time is up.
  mutating func isOver(_ slot: Int) { beat { $0.isOver(slot) } }

  /// The slots whose looks that timer ends.
  mutating func late(_ timer: Int) -> [Int] { beat { $0.late(timer) } ?? [] }

  /// Another timer, if the timers so far are not enough; nil: no further timer is needed.
  mutating func anotherTimer() -> Int? { beat { $0.anotherTimer() } ?? nil }

  /// Records the result of a look.
  /// - Parameter isLate: whether the look got no answer in its time.
  mutating func found(_ finding: Finding, at slot: Int, isLate: Bool = false) {
    var missed = 0
    switch pace {
    case .rounds(var rounds):
      rounds.ended()
      pace = .rounds(rounds)
    case .beat(var beat):
      missed = beat.ended(slot, isLate: isLate)
      pace = .beat(beat)
    }
    silent[slot] = nil
    switch finding {
    case .good: break
    case .measured(let measure): comparing?.add(measure, missed: missed, at: slot)
    case .bad(let message):
      bad += 1
      if first == nil { first = "\(names[slot]): \(message)" }
    case .silent(let reason):
      silent[slot] = reason
      unanswered += 1 + missed
      if firstSilence == nil { firstSilence = "\(names[slot]): \(reason)" }
      comparing?.silence("\(names[slot]): \(reason)")
      comparing?.add(nil, missed: missed, at: slot)
    }
  }

  /// The finding of a look function. It found the place bad if it raised an error or returned false. The look counts as not taken only if
  /// the engine reports that the host is out of reach.
  func finding(_ result: ScriptResult, at slot: Int) -> Finding {
    if comparing != nil { return measured(result) }
    return switch result {
    case .returned(.bool(false)): .bad("the function said no")
    case .returned: .good
    case .raised(let error) where countsSilence:
      error.failure.kind == .unreachable && error.host == names[slot] ? .silent(error.failure.message) : .bad(error.failure.message)
    case .raised(let error): Finding(error.failure)
    }
  }

  /// The finding of a measuring function. A function that raises an error has measured nothing; its error and place are reported.
  private func measured(_ result: ScriptResult) -> Finding {
    switch result {
    case .returned(let value): .measured(CanaryAnalysis.Measure(value))
    case .raised(let error):
      .silent(
        (error.place.map { "\($0): " } ?? "") + error.failure.message + error.trace.prefix(5).map { ", \($0)" }.joined())
    }
  }

  private var failing: String {
    let allowed = watch.allow == 0 ? "" : " (\(bad) bad looks, and \(watch.allow) are allowed)"
    return (first ?? "") + allowed
  }
}

extension Looking.Finding {
  /// The finding of a check.
  init(_ outcome: Outcome) {
    switch outcome.failure {
    case nil: self = outcome.value == .bool(false) ? .bad("the answer was no") : .good
    case let failure?: self.init(failure)
    }
  }

  /// The finding of a failed check. A failure of the engine's own question, such as a missing tool or a user that is not permitted, is no
  /// answer.
  fileprivate init(_ failure: Failure) {
    switch failure.kind {
    case .unreachable, .transport, .lost, .missing, .notPermitted, .cancelled, .internal, .store: self = .silent(failure.message)
    default: self = .bad(failure.message)
    }
  }
}
