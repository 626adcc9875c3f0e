package import DeployModel

/// One deployment in progress, as a value: events in, effects out; no IO, no clock, no task.
/// It holds the state and hands each event to the part that understands it; the parts are in the files beside this one.
package struct Rollout: Sendable {
  package let plan: Plan
  /// By host number.
  package internal(set) var statuses: [HostStatus]
  package internal(set) var phase = Phase.planned
  /// Why the deployment will end as failed; the first cause stays.
  package internal(set) var failure: ScriptError?
  package internal(set) var cancelled = false

  package enum Phase: Sendable, Hashable {
    case planned
    case locking
    case stage(Int)
    /// Nothing new is started; what runs comes to its end.
    case settling
    /// `on_success` or `on_failure`: the index of the one that runs.
    case notifying(Int)
    case unlocking(Conclusion)
    case concluded
  }

  var admission: Admission
  var locks = Locks()
  var uploads = Uploads()
  var wave: Wave?
  var waves = 0
  var runs: [HostRun?]
  var staged: [Bool]
  var tree = ScriptTree()
  var activeRoots = 0
  /// Who waits for an intent or a timer, by its number; number 0 is nobody's.
  var waiters: [Waiter] = [.nobody]
  var rings: [Ring] = [.nobody]
  var effects: [Effect] = []

  enum Waiter: Sendable, Hashable {
    case nobody
    case lock(Int)
    case unlock(Int)
    case upload(Int)
    case host(Int)
    case script(ScriptID)

    /// The host whose operation it is; nil for nobody's, and for a script's.
    var host: Int? {
      switch self {
      case .lock(let host), .unlock(let host), .upload(let host), .host(let host): host
      case .nobody, .script: nil
      }
    }

    /// Whether a host that refuses its fence says that a newer deployment took over. One that refuses its lock says that the plan came
    /// too late: nothing was begun, and the locks that it has are given back.
    var isAtWork: Bool {
      switch self {
      case .nobody, .lock: false
      default: true
      }
    }
  }

  enum Ring: Sendable, Hashable {
    case nobody
    case sleep(ScriptID)
    case deadline(of: ScriptID)
    case grace(of: ScriptID)
  }

  /// - Parameter lapse: a rule that is not kept, for tests of the checkers.
  package init(plan: Plan, lapse: Lapse? = nil) {
    self.plan = plan
    statuses = plan.hosts.map { host in
      switch host.action {
      case .change: .pending
      case .unchanged: .unchanged
      case .leftOut(let failure): .leftOut(failure)
      }
    }
    admission = Admission(plan: plan, lapse: lapse)
    runs = plan.hosts.map { _ in nil }
    staged = plan.hosts.map { _ in false }
  }

  /// Takes one event and says what is to be done. A concluded rollout wants nothing.
  package mutating func handle(_ event: Event) -> [Effect] {
    guard phase != .concluded else { return [] }
    switch event {
    case .happened(.started): start()
    case .happened(.finished(let intent, let outcome)): finished(intent, outcome)
    case .happened(.rang(let timer)): rang(timer)
    case .happened(.cancelled(let reason)): cancel(reason)
    case .stepped(let script, let step): stepped(script, step)
    }
    let wanted = effects
    effects = []
    return wanted
  }

  private mutating func start() {
    guard statuses.contains(.pending) else {
      note(.remark("every host already runs what is asked for: \(plan.alike)"))
      // What an engine brought everywhere before it died is good by now, and the hosts are told.
      let unproved = plan.hosts.compactMap { $0.previous?.trial == true ? $0.previous?.deployment : nil }
      guard plan.trial == true, plan.kind == .deploy, let first = unproved.first else {
        return conclude(Conclusion(status: .succeeded, hosts: statuses))
      }
      note(.remark("deployment \(first) came to all of them and did not end; from now on it counts as good"))
      return lock()
    }
    if !plan.rotated.isEmpty {
      let names = plan.rotated.joined(separator: ", ")
      note(.remark("\(names): the value is another one than hosts were deployed with, so that they are deployed again"))
    }
    lock()
  }

  private mutating func finished(_ intent: Int, _ outcome: Outcome) {
    guard intent < waiters.count else { return }
    let waiter = waiters[intent]
    waiters[intent] = .nobody
    for warning in outcome.warnings ?? [] { note(.log(host: waiter.host, LogLine(.warn, warning))) }
    if let failure = outcome.failure, failure.kind == .fenced, waiter.isAtWork { return abandon(failure) }
    switch waiter {
    case .nobody: break
    case .lock(let host): locked(host, outcome)
    case .unlock(let host): unlocked(host, outcome)
    case .upload(let host): uploaded(host, outcome)
    case .host(let host): operated(host, outcome)
    case .script(let script): answer(script, .outcome(outcome))
    }
  }

  private mutating func rang(_ timer: Int) {
    guard timer < rings.count else { return }
    let ring = rings[timer]
    rings[timer] = .nobody
    switch ring {
    case .nobody: break
    case .sleep(let script): answer(script, .slept)
    case .deadline(let script): overdue(script)
    case .grace(let script): graceEnded(script)
    }
  }

  /// A newer deployment owns the hosts: nothing of this one may touch them any more, not even to restore.
  private mutating func abandon(_ failure: Failure) {
    for number in statuses.indices where !statuses[number].isFinal && statuses[number] != .pending { set(number, .unknown(failure)) }
    for script in tree.roots { effects.append(.kill(script)) }
    conclude(Conclusion(status: .failed, error: ScriptError(failure), hosts: statuses))
  }

  // MARK: What the parts share

  mutating func note(_ note: Note) { effects.append(.note(note)) }

  mutating func set(_ host: Int, _ status: HostStatus) {
    statuses[host] = status
    note(.host(host, status))
  }

  mutating func perform(
    _ place: Place, _ operation: DeployModel.Operation, for waiter: Waiter, site: Intent.Site, timeout: Interval? = nil
  ) -> Int {
    let id = waiters.count
    waiters.append(waiter)
    effects.append(
      .perform(Intent(id: id, place: place, operation: operation, timeout: timeout ?? Deadlines.standard(for: operation), site: site)))
    return id
  }

  mutating func ring(_ ring: Ring, after interval: Interval) -> Int {
    let id = rings.count
    rings.append(ring)
    effects.append(.ring(timer: id, after: interval))
    return id
  }

  mutating func conclude(_ conclusion: Conclusion) {
    phase = .concluded
    effects.append(.conclude(conclusion))
  }
}

/// How long each kind of operation may take when nobody says otherwise (promise P6).
package enum Deadlines {
  package static func standard(for operation: DeployModel.Operation) -> Interval {
    switch operation {
    case .run: .minutes(10)
    case .stage, .upload, .download: .minutes(30)
    case .lock: .minutes(15)  // it may wait for jobs of an older deployment
    case .prune, .discard: .minutes(5)
    case .appspec(let step): step.limit
    default: .minutes(1)
    }
  }
  /// What a cancelled script's clean-up may take.
  package static let grace = Interval.seconds(30)
}
