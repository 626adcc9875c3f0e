import DeployCore
import DeployModel

/// The limits for functions in a rehearsal. A deployment makes far fewer requests than these limits allow, and a function that makes more
/// would never end.
struct RehearsalBounds {
  /// The largest number of requests from one function.
  let requests: Int
  /// The largest number of requests from all functions together.
  let total: Int
  /// The longest total time that one function can sleep.
  static let asleep = Interval(milliseconds: 30 * 86_400_000)
  /// The number of times that a loop can repeat a request while it waits for a different answer. The limit exists because in a rehearsal
  /// the answer never changes.
  static let polls = 1000
  /// The number of answers of people that all functions together can wait for. No deployment asks people so often.
  static let answers = 5000
  private let hosts: Int

  private var asked = 0
  /// The number of answers of people that functions have waited for.
  var answers = 0
  /// Whether the last limit that was exceeded applies to a single script. If false, it applies to all scripts together.
  private(set) var isOfOneScript = true

  init(hosts: Int) {
    self.hosts = hosts
    requests = 10_000 + 10 * hosts
    total = 1_000_000 + 1000 * hosts
  }

  /// Counts a request of a script. Returns the limit that the request exceeds, or nil if there is none.
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
    if answers > Self.answers {
      return Failure(.failed, "it waited for more than \(Self.answers) answers of people", fix: "let the loop end after a few questions")
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
