import DeployModel
import DeploySimulation
import Synchronization

/// Everything in a lab that differs from real hosts: the answers of servers, and the failure that is made on purpose. Each difference is
/// also noted for the report.
package final class LabScene: Sendable {
  /// A failure that is made on purpose: one host fails in one lifecycle event with one release.
  struct Failing: Sendable, Hashable {
    var host: String
    var event: LifecycleEvent
    var release: Release.ID

    /// The message of the failure, which distinguishes it from other failures.
    var message: String { "the lab lets \(host) fail in \(event.rawValue) on purpose" }
  }

  private struct State {
    var notes: [String] = []
    var failing: Failing?
    /// Whether an operation has received the failure.
    var isMet = false
    /// Checks that were not made.
    var unchecked: [String] = []
    var answers = TrialAnswers([])
    var servers = TrialServers([])
    /// The path of the recipe that is being deployed, or empty if there is none.
    var path = ""
    /// The weights that stand in for those of balancers, by the names of the pools.
    var weights: [[ExactText]: Weights] = [:]
  }
  private let state = Mutex(State())
  let ground: any LabGround

  /// The name of this machine.
  private let machine: String

  /// - Parameter machine: the name of this machine, which URLs might contain.
  package init(_ ground: any LabGround, machine: String) {
    self.ground = ground
    self.machine = machine
  }

  /// The sentences about what differed from real hosts, each once, in the order in which they were noted.
  package var notes: [String] { state.withLock { $0.notes } }

  /// Adds a sentence for the report.
  package func note(_ sentence: String) {
    state.withLock { if $0.notes.count < 100, !$0.notes.contains(sentence) { $0.notes.append(sentence) } }
  }

  /// The path of the recipe that is being deployed, or empty if there is none.
  var path: String { state.withLock { $0.path } }

  /// Notes the path and the secrets of a deployment that is about to begin.
  func begins(at path: String, secrets: [String] = []) {
    state.withLock { $0.path = path }
    for name in secrets { note("Secret \(name) had a made-up value.") }
  }

  /// Sets what the next deployment will encounter.
  func set(failing: Failing? = nil, answers: TrialAnswers = TrialAnswers([]), servers: TrialServers = TrialServers([])) {
    state.withLock { ($0.failing, $0.isMet, $0.answers, $0.servers) = (failing, false, answers, servers) }
  }

  /// Whether an operation has received the failure that was set.
  var isMet: Bool { state.withLock { $0.isMet } }

  /// Returns the checks that were not made since the last call, each once.
  func takeUnchecked() -> [String] {
    state.withLock { state in
      defer { state.unchecked = [] }
      return state.unchecked
    }
  }

  /// Returns the outcome that the test specifies for an operation, or nil if the host performs the operation.
  func outcome(of intent: Intent, on host: String) -> Outcome? {
    let (failing, answers) = state.withLock { ($0.failing, $0.answers) }
    if let failing, failing.host.isExactly(host), failing.event == intent.site.event, failing.release == intent.site.release,
      TrialStory.mayFail(intent.operation)
    {
      state.withLock { $0.isMet = true }
      return Outcome(failure: Failure(.command, failing.message), value: .bool(false), status: 1)
    }
    guard let line = TrialStory.line(of: intent.operation), let answer = answers.command(line, on: host) else { return nil }
    if case .check = intent.operation {
      let failure = answer.status == 0 ? nil : Failure(.unhealthy, "\(line): the check answered no")
      return Outcome(failure: failure, value: .bool(answer.status == 0))
    }
    let failure = answer.status == 0 ? nil : Failure(.command, "`\(line)` exited with \(answer.status)")
    return Outcome(
      failure: failure, status: answer.status, stdout: Captured(text: answer.stdout), stderr: Captured(text: answer.stderr))
  }

  /// Returns the outcome of a request to a server, or nil if the server is on this machine and no test answers for it.
  func outcome(of request: HTTPRequest) -> Outcome? {
    let answer = state.withLock { $0.servers }.answer(request)
    guard let answer else {
      if LabAddress("\(request.url)").isThisMachine(named: machine) { return nil }
      note("\(request.line) was not sent: it got status 200 and an empty body.")
      return .done(HTTPResponse(status: 200).value)
    }
    if let failure = answer.failure { return .failed(.transport, "\(request.line): \(failure)") }
    if answer.response.body.utf8.count > request.limit { return Outcome(failure: request.tooLong) }
    return .done(answer.response.value)
  }

  /// If a check is for a URL on another machine, returns a healthy outcome and notes that nothing was checked. Returns nil for any other
  /// check, which has to be made.
  func outcome(of check: Check) -> Outcome? {
    guard case .http(let url, _) = check, !LabAddress(url).isThisMachine(named: machine) else { return nil }
    note("The check GET \(url) was not made, because it leads to another machine: nobody knows its answer.")
    state.withLock { if $0.unchecked.count < 100, !$0.unchecked.contains("GET \(url)") { $0.unchecked.append("GET \(url)") } }
    return .done(.bool(true))
  }

  /// Returns the weights that were last set for these pools. If none were set, all traffic goes to the first pool.
  func weights(of pools: [String]) -> Weights? {
    state.withLock { $0.weights[pools.map { ExactText($0) }] }
      ?? Weights(pools.enumerated().map { Weights.Share($1, $0 == 0 ? 100 : 0) })
  }

  func set(_ weights: Weights, of pools: [String]) { state.withLock { $0.weights[pools.map { ExactText($0) }] = weights } }
}
