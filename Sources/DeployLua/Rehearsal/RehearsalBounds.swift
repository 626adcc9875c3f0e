import DeployModel

/// Limits of functions in a rehearsal. A deployment asks far less; a function that asks more does not end.
struct RehearsalBounds {
  /// The limit of one function's requests.
  let requests: Int
  /// The limit of all functions' requests.
  let total: Int
  /// The limit of all its sleep.
  static let asleep = Interval(milliseconds: 30 * 86_400_000)
  /// The limit of a loop that waits for an answer, as in `repeat … until` it is ready: the answer will not change.
  static let polls = 1000
  private let hosts: Int

  private var asked = 0
  /// Whether the last exceeded limit belongs to one script and not to all of them together.
  private(set) var isOfOneScript = true

  init(hosts: Int) {
    self.hosts = hosts
    requests = 10_000 + 10 * hosts
    total = 1_000_000 + 1000 * hosts
  }

  /// The limit that the latest request of a script exceeds.
  mutating func broken(by one: RehearsedScripts.Running, isDoubted: Bool) -> Failure? {
    asked += 1
    one.function.asked += 1
    isOfOneScript = true
    if one.asleep > Self.asleep {
      return Failure(.failed, "it slept for more than 30 days", fix: "let the loop end, with retry or within")
    }
    if one.requests > requests {
      return Failure(.failed, "it asked more than \(requests) times", fix: "let the loop end, with retry or within")
    }
    isOfOneScript = false
    let (part, shared) = (one.function.part, one.function.asked)
    let polls = Self.polls + (part.isHook ? 0 : 10 * hosts)
    if isDoubted, one.requests > polls || (part.isHook && one.requests > 100 && shared > 20 * Self.polls) {
      return Failure(
        .failed, "it asked \(one.requests - 1) times, and what it waits for does not come in a rehearsal",
        fix: "say what a rehearsal is answered: host:run(\"…\", { rehearse = \"…\" })")
    }
    if asked > total { return Failure(.failed, "all functions together asked more than \(total) times", fix: "let the loops end") }
    return nil
  }
}
