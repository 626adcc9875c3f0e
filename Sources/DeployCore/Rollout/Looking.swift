import DeployModel

/// The looks of a check gate, until their number is reached or too many were bad. Time in which no engine lives is no look, so it does not
/// count.
struct Looking: Sendable, Hashable {
  /// What follows.
  enum Move: Sendable, Hashable {
    /// A round begins. That timer ends its looks that get no answer in their time.
    /// - another: whether a further round follows it after the interval between two looks.
    case round(timer: Int, another: Bool)
    /// Looks at these slots now.
    case look([Int])
    /// Answers are still awaited.
    case wait
    /// Looks again as soon as something may begin.
    case hold
    /// Looks again after that time.
    case rest(Interval)
    case end(Verdict, String)
  }

  /// What one look found.
  enum Finding: Sendable, Hashable {
    case good
    case bad(String)
    /// What a host showed in an analysis; nil: it has no data.
    case measured(CanaryAnalysis.Measure?)
    /// Nobody could look: that says nothing about the release.
    case silent(String)
  }

  /// Looks under way at once.
  static let width = 100
  /// Looks of one gate in all: two journal entries each.
  static let most = 100_000

  let watch: Watch
  /// By slot: where it looks.
  let places: [Place]
  /// By slot, for messages.
  private let names: [String]
  private var pace: Pace
  private var bad = 0
  private var first: String?
  /// Looks that got no answer, and the first of them in words.
  private var unanswered = 0
  private var firstSilence: String?
  /// Whether every look counts that got no answer, instead of the last at each place.
  private let countsSilence: Bool
  /// By slot: why the last look got no answer; nil: it got one.
  private var silent: [String?]
  /// Of an analysis.
  private var comparing: Comparing?

  private enum Pace: Sendable, Hashable {
    /// Of plans of older rules.
    case rounds(Rounds)
    case beat(Beat)
  }

  /// - Parameters:
  ///   - names: of all hosts, by number.
  ///   - rules: those of the plan.
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

  /// As messages name it.
  func name(of slot: Int) -> String { names[slot] }

  /// Whether the look before got no answer.
  func wasSilent(_ slot: Int) -> Bool { silent[slot] != nil }

  /// Number of all looks that it makes.
  var total: Int { places.count.times(watch.looks) }

  /// - Parameter mayBegin: whether a look may begin now.
  mutating func next(mayBegin: Bool) -> Move {
    if bad > watch.allow { return .end(.fail, failing) }
    if let end = comparing?.end, watch.isPlayed != true { return .end(end.verdict, end.comment) }
    if places.isEmpty { return .end(.inconclusive, "no host has the release yet, so there is nothing to look at") }
    if let move = proceed(mayBegin) { return move }
    // A rehearsal has one made-up look at each host, which compares nothing.
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

  /// The look under way was told to end, because its time is over.
  mutating func isOver(_ slot: Int) { beat { $0.isOver(slot) } }

  /// The slots whose looks that timer ends.
  mutating func late(_ timer: Int) -> [Int] { beat { $0.late(timer) } ?? [] }

  /// A timer that is needed beside those that were begun; nil: none is.
  mutating func anotherTimer() -> Int? { beat { $0.anotherTimer() } ?? nil }

  /// What a look came to.
  /// - Parameter isLate: it got no answer in its time.
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

  /// How a function that looked ended. It found the place bad if it raised or gave false. Nobody looked only where the engine says that
  /// the host which is looked at is out of reach.
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

  /// A function that raises has measured nothing, and where it raised is told.
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
  /// What came back from a check.
  init(_ outcome: Outcome) {
    switch outcome.failure {
    case nil: self = outcome.value == .bool(false) ? .bad("the answer was no") : .good
    case let failure?: self.init(failure)
    }
  }

  /// What the engine says of a question that it asks itself: a tool that is missing, or a user that is not permitted, is no answer.
  fileprivate init(_ failure: Failure) {
    switch failure.kind {
    case .unreachable, .transport, .lost, .missing, .notPermitted, .cancelled, .internal, .store: self = .silent(failure.message)
    default: self = .bad(failure.message)
    }
  }
}
