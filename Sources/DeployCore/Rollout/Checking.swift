import DeployModel

/// The repeated checks of a gate. Each check asks one host, or asks once on the engine's machine for all hosts. The checks end when the
/// planned number of checks is reached, or when too many checks have failed. Time without a running engine does not count, because there
/// are no checks in it. The function of an analysis measures a host in place of the check.
struct Checking: Sendable, Hashable {
  /// The next action.
  enum Move: Sendable, Hashable {
    /// Begin a round of checks. `timer` ends the checks of the round that get no answer in time.
    /// - another: whether a further round follows after the interval between two checks.
    case round(timer: Int, another: Bool)
    /// Check these slots now.
    case check([Int])
    /// Wait for answers.
    case wait
    /// Check again as soon as new work is allowed to begin.
    case hold
    /// Check again after this time.
    case rest(Interval)
    case end(Verdict, String)
  }

  /// The result of one check.
  enum Finding: Sendable, Hashable {
    case good
    case bad(String)
    /// A measurement for an analysis, or nil if the host has no data.
    case measured(CanaryAnalysis.Measure?)
    /// The check got no answer, which says nothing about the release.
    case silent(String)
  }

  /// The largest number of checks that are under way at the same time.
  static let width = 100
  /// The largest number of checks of one gate. Each check adds two entries to the journal.
  static let most = 100_000

  let watch: Watch
  /// For each slot, the host or the engine's machine that is checked.
  let places: [Place]
  /// For each slot, its name for messages.
  private let names: [String]
  private var pace: Pace
  private var bad = 0
  private var first: String?
  /// The number of checks without an answer.
  private var unanswered = 0
  /// For the first check that got no answer, why it got none. Nil if every check was answered.
  private var firstSilence: String?
  /// Whether every check without an answer counts. If false, only a missing answer to the last check of a place counts.
  private let countsSilence: Bool
  /// For each slot, why the last check got no answer, or nil if it got an answer.
  private var silent: [String?]
  /// The comparison of an analysis, or nil if the gate is a check.
  private var comparing: Comparing?

  private enum Pace: Sendable, Hashable {
    /// Rounds in which checks wait for each other, for plans with older rules.
    case rounds(Rounds)
    case beat(Beat)
  }

  /// - Parameters:
  ///   - names: the names of all hosts, by number.
  ///   - rules: the plan's version of the rules, or nil for the rules before version 1.
  init(_ watch: Watch, names: [String], rules: Plan.Flow.Rules? = .newest) {
    self.watch = watch
    countsSilence = rules != nil
    places = watch.isFromEngine ? [.engine] : (watch.hosts ?? []).map { .host($0) }
    self.names = watch.isFromEngine ? ["this machine"] : (watch.hosts ?? []).map { names[$0] }
    silent = places.map { _ in nil }
    comparing = watch.comparison.map { Comparing($0, rounds: watch.looks, countsGaps: rules?.countsGaps == true) }
    let count = watch.isPlayed == true ? 1 : watch.looks
    pace =
      rules?.checksAlone == true
      ? .beat(Beat(places: places.count, checks: count)) : .rounds(Rounds(places: places.count, checks: count, every: watch.every))
  }

  /// Returns the slot's name for messages.
  func name(of slot: Int) -> String { names[slot] }

  /// Whether the previous check of the slot got no answer.
  func wasSilent(_ slot: Int) -> Bool { silent[slot] != nil }

  /// The number of all checks of the gate.
  var total: Int { places.count.times(watch.looks) }

  /// Returns the next move.
  /// - Parameter mayBegin: whether a check is allowed to begin now.
  mutating func next(mayBegin: Bool) -> Move {
    if bad > watch.allow { return .end(.fail, failing) }
    if let end = comparing?.end, watch.isPlayed != true { return .end(end.verdict, end.comment) }
    if places.isEmpty { return .end(.inconclusive, "no host has the release yet, so there is nothing to check") }
    if let move = proceed(mayBegin) { return move }
    // A rehearsal makes one simulated check of each host, so there is nothing to compare.
    if comparing != nil { return .end(firstSilence == nil ? .pass : .inconclusive, firstSilence ?? "") }
    if let slot = silent.firstIndex(where: { $0 != nil }), let reason = silent[slot] {
      let others = silent.count { $0 != nil } - 1
      return .end(.inconclusive, "no answer from \(names[slot])\(others > 0 ? " and \(others) more" : ""): \(reason)")
    }
    if countsSilence, bad + unanswered > watch.allow, unanswered > 0 {
      let allowed = watch.allow == 0 ? "" : " (failed checks: \(bad), allowed in all: \(watch.allow))"
      return .end(.inconclusive, "\(unanswered) of \(total) checks got no answer, the first from \(firstSilence ?? "")\(allowed)")
    }
    return .end(.pass, "")
  }

  /// - Returns: the move, or nil if every check has ended.
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

  /// Changes the beat and returns the result, or nil if the plan's rules use rounds instead.
  private mutating func beat<T>(_ change: (inout Beat) -> T) -> T? {
    guard case .beat(var beat) = pace else { return nil }
    defer { pace = .beat(beat) }
    return change(&beat)
  }

  /// Records that the interval between two checks is over.
  mutating func rang() { beat { $0.rang() } }

  /// Records that the check under way has timed out and is being ended.
  mutating func isOver(_ slot: Int) { beat { $0.isOver(slot) } }

  /// Returns the slots whose checks this timer ends.
  mutating func late(_ timer: Int) -> [Int] { beat { $0.late(timer) } ?? [] }

  /// Returns a further timer if the earlier timers do not end all checks under way, or nil if no further timer is needed.
  mutating func anotherTimer() -> Int? { beat { $0.anotherTimer() } ?? nil }

  /// Records the result of a check.
  /// - Parameter isLate: whether the check got no answer within its time.
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

  /// Returns the finding of a check function. The check has failed if the function raised an error or returned false. The check counts as
  /// unanswered only if the engine reports that the host is unreachable.
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

  /// Returns the finding of a function that measures. A function that raised an error has measured nothing, and its error and line are
  /// reported.
  private func measured(_ result: ScriptResult) -> Finding {
    switch result {
    case .returned(let value): .measured(CanaryAnalysis.Measure(value))
    case .raised(let error):
      .silent(
        (error.place.map { "\($0): " } ?? "") + error.failure.message + error.trace.prefix(5).map { ", \($0)" }.joined())
    }
  }

  private var failing: String {
    let allowed = watch.allow == 0 ? "" : " (failed checks: \(bad), allowed: \(watch.allow))"
    return (first ?? "") + allowed
  }
}

extension Checking.Finding {
  /// Reads the finding from the outcome of a check.
  init(_ outcome: Outcome) {
    switch outcome.failure {
    case nil: self = outcome.value == .bool(false) ? .bad("the answer was no") : .good
    case let failure?: self.init(failure)
    }
  }

  /// Reads the finding from the failure of a check. A failure of the question itself, such as a missing tool or a missing permission,
  /// counts as no answer.
  fileprivate init(_ failure: Failure) {
    switch failure.kind {
    case .unreachable, .transport, .lost, .missing, .notPermitted, .cancelled, .internal, .store: self = .silent(failure.message)
    default: self = .bad(failure.message)
    }
  }
}
