import DeployModel

/// The looks of a check gate: all hosts at once, a rest, all hosts again, until the number of looks is reached or too many were bad.
/// Time in which no engine lives is no look, so it does not count.
struct Looking: Sendable, Hashable {
  /// What follows.
  enum Move: Sendable, Hashable {
    /// Looks at these slots now.
    case look(Range<Int>)
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
  private var position = 0
  private var running = 0
  private var round = 1
  private var bad = 0
  private var first: String?
  /// Looks that got no answer, and the first of them in words.
  private var unanswered = 0
  private var firstSilence: String?
  /// Whether every look counts that got no answer, instead of the last at each place.
  private let countsSilence: Bool
  /// By slot: why the last look got no answer; nil: it got one.
  private var silent: [String?]

  /// - Parameters:
  ///   - names: of all hosts, by number.
  ///   - rules: those of the plan.
  init(_ watch: Watch, names: [String], rules: Plan.Flow.Rules? = .first) {
    self.watch = watch
    countsSilence = rules != nil
    places = watch.isFromEngine ? [.engine] : (watch.hosts ?? []).map { .host($0) }
    self.names = watch.isFromEngine ? ["this machine"] : (watch.hosts ?? []).map { names[$0] }
    silent = places.map { _ in nil }
  }

  /// Number of all looks that it makes.
  var total: Int { places.count.times(watch.looks) }

  /// - Parameter mayBegin: whether a look may begin now.
  mutating func next(mayBegin: Bool) -> Move {
    if bad > watch.allow { return .end(.fail, failing) }
    if places.isEmpty { return .end(.inconclusive, "no host has the release yet, so there is nothing to look at") }
    if position < places.count {
      guard running < Self.width else { return .wait }
      guard mayBegin else { return .hold }
      let slots = position..<min(places.count, position + Self.width - running)
      running += slots.count
      position = slots.upperBound
      return .look(slots)
    }
    guard running == 0 else { return .wait }
    if round < (watch.isPlayed == true ? 1 : watch.looks) {
      round += 1
      position = 0
      return .rest(watch.every)
    }
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

  /// What a look came to.
  mutating func found(_ finding: Finding, at slot: Int) {
    running -= 1
    silent[slot] = nil
    switch finding {
    case .good: break
    case .bad(let message):
      bad += 1
      if first == nil { first = "\(names[slot]): \(message)" }
    case .silent(let reason):
      silent[slot] = reason
      unanswered += 1
      if firstSilence == nil { firstSilence = "\(names[slot]): \(reason)" }
    }
  }

  /// How a function that looked ended. It found the place bad if it raised or gave false. Nobody looked only where the engine says that
  /// the host which is looked at is out of reach.
  func finding(_ result: ScriptResult, at slot: Int) -> Finding {
    switch result {
    case .returned(.bool(false)): .bad("the function said no")
    case .returned: .good
    case .raised(let error) where countsSilence:
      error.failure.kind == .unreachable && error.host == names[slot] ? .silent(error.failure.message) : .bad(error.failure.message)
    case .raised(let error): Finding(error.failure)
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
