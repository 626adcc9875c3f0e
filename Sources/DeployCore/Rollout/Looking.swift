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
  /// By slot: why the last look got no answer; nil: it got one.
  private var silent: [String?]

  /// - Parameter names: of all hosts, by number.
  init(_ watch: Watch, names: [String]) {
    self.watch = watch
    places = watch.isFromEngine ? [.engine] : (watch.hosts ?? []).map { .host($0) }
    self.names = watch.isFromEngine ? ["this machine"] : (watch.hosts ?? []).map { names[$0] }
    silent = places.map { _ in nil }
  }

  /// Number of all looks that it makes.
  var total: Int { places.count.times(watch.looks) }

  mutating func next() -> Move {
    if bad > watch.allow { return .end(.fail, failing) }
    if places.isEmpty { return .end(.inconclusive, "no host has the release yet, so there is nothing to look at") }
    if position < places.count {
      guard running < Self.width else { return .wait }
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
    return .end(.pass, "")
  }

  mutating func found(_ finding: Finding, at slot: Int) {
    running -= 1
    silent[slot] = nil
    switch finding {
    case .good: break
    case .bad(let message):
      bad += 1
      if first == nil { first = "\(names[slot]): \(message)" }
    case .silent(let reason): silent[slot] = reason
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

  /// How a function that looks ended.
  init(_ result: ScriptResult) {
    switch result {
    case .returned(.bool(false)): self = .bad("the function said no")
    case .returned: self = .good
    case .raised(let error): self.init(error.failure)
    }
  }

  private init(_ failure: Failure) {
    switch failure.kind {
    case .unreachable, .transport, .lost, .missing, .notPermitted, .cancelled, .internal, .store: self = .silent(failure.message)
    default: self = .bad(failure.message)
    }
  }
}
