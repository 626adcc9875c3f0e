package import DeployModel

/// One deployment in progress, as a value: events in, effects out; no IO, no clock, no task. It holds the hosts' statuses, the phase and
/// the failure, and passes each event to the part that handles it: `Locking`, `Uploading`, `Wave`, `HostRun` or `ScriptTree`.
package struct Rollout: Sendable {
  package let plan: Plan
  /// By host number.
  package internal(set) var statuses: [HostStatus]
  package internal(set) var phase = Phase.planned
  /// Why the deployment will end as failed; the first cause stays.
  package internal(set) var failure: ScriptError?
  package internal(set) var cancelled = false
  /// Whether functions of a task have begun a command whose effect is not taken back.
  var taskRan = false

  package enum Phase: Sendable, Hashable {
    case planned
    case locking
    case stage(Int)
    /// Nothing new starts, and running work comes to its end.
    case settling
    /// Shifted traffic is put back.
    case shiftingBack
    /// The index of the `on_success` or `on_failure` function that runs.
    case notifying(Int)
    /// Old releases are removed from this number of hosts.
    case pruning(Int)
    case unlocking(Conclusion)
    case concluded
  }

  var admission: Admission
  var locking: Locking
  var uploading = Uploading()
  var wave: Wave?
  /// The number of waves that have begun.
  var waves = 0
  /// Number of hosts that waves took so far, in a rollout without a strategy that has several waves.
  var taken = 0
  /// The open gate; nil: no gate is open.
  var gate: OpenGate?
  var freeze = FreezeState()
  /// The names of the gates that were opened, in order.
  var gates: [String] = []
  var traffic = Shifting()
  /// Why the strategy ended the rollout on purpose; nil: it did not end it.
  var stopped: String?
  /// What hosts are asked to remember of the stage under way.
  var marking = Marking()
  /// Hosts that remember that the stage was begun.
  var keeping: [Int] = []
  /// The name of the stage under way, or of the last stage.
  var stageName = ""
  /// The first irreversible stage that was begun, after which nothing goes back; nil: there is none.
  var pastReturn: String?
  /// Stages that can be undone and were begun, in their order.
  var begun: [BegunStage] = []
  /// The timer that limits an undo function; nil: no undo runs.
  var undoTimer: Int?
  /// For the lapse that undoes a stage twice.
  var isUndoneAgain = false
  /// By host number; nil: the host is not under way.
  var runs: [HostRun?]
  /// Hosts that a wave left ready, including those that a later wave took on. They give up in reverse order.
  var ready: [Int] = []
  /// Whether `giveUpReadyHosts` is under way, so that a host that ends at once does not begin it again.
  var isGivingUp = false
  /// The state of the parking; nil: an engine runs the deployment, and it is not being parked.
  var parkState: ParkState?
  /// Number of times that an engine wanted to leave.
  var parkings = 0
  /// A gate at which hosts could not keep the deployment; nil: there was none.
  var unparkableGate: Int?
  let lapse: Lapse?
  /// Whether each host is only one step, the step that makes its release current, and nothing is locked, sent or pruned. Only simulations
  /// of large fleets use this.
  let isOutline: Bool
  /// The pause; nil: the deployment is not paused.
  var pause: Hold?
  /// The requests of scripts during the pause, in order.
  var held: [Held] = []
  /// Whether a pause delays the beginning of the phase's stage or, after the last stage, of the end.
  var isStageHeld = false
  /// The timer of the function that runs after the deployment; nil: none runs.
  var noticeTimer: Int?
  /// Whether the functions after the deployment are over, and the rest of them is skipped.
  var areNoticesOver = false
  /// By host number: whether the upload stage has sent its release.
  var staged: [Bool]
  var tree = ScriptTree()
  var outbox = Outbox()

  /// A pause under way.
  struct Hold: Sendable, Hashable {
    var message: Message
    /// The timer that ends the pause when it has lasted too long.
    var timer: Int
  }

  /// - Parameters:
  ///   - lapse: a rule that is disabled, for tests of the checkers.
  ///   - isOutline: whether a host is one step only, for simulations of large fleets.
  package init(plan: Plan, lapse: Lapse? = nil, isOutline: Bool = false) {
    self.plan = plan
    self.isOutline = isOutline
    statuses = plan.hosts.map { host in
      switch host.action {
      case .change: .pending
      case .unchanged: .unchanged
      case .leftOut(let failure): .leftOut(failure)
      }
    }
    self.lapse = lapse
    pastReturn = plan.flow.behind
    admission = Admission(plan: plan, lapse: lapse)
    let locked = plan.hosts.filter { if case .leftOut = $0.action { false } else { true } }
    locking = Locking(locked.map { ($0.host.number, $0.host.name) }, then: plan.partners.map(\.host.number))
    runs = plan.hosts.map { _ in nil }
    staged = plan.hosts.map { _ in false }
  }

  /// Hosts that serve and are not under way.
  package var servingCount: Int { admission.servingCount }

  /// Takes one event and returns the effects. A concluded rollout returns none.
  package mutating func handle(_ event: Event) -> [Effect] {
    guard phase != .concluded else { return [] }
    switch event {
    case .happened(let happening): if !keeps(happening) { take(happening) }
    case .stepped(let script, let step): carryOut(tree.stepped(script, step, &outbox))
    }
    return outbox.drain()
  }

  mutating func take(_ happening: Happening) {
    guard phase != .concluded else { return }
    switch happening {
    case .started: start()
    case .finished(let intent, let outcome): finished(intent, outcome)
    case .rang(let timer): rang(timer)
    case .cancelled(let reason): cancel(reason)
    case .said(let message): said(message)
    case .overtaken(let failure): overtaken(failure)
    case .parks(let parking): park(parking)
    case .unparks(let actor, let claim, let reason): unpark(by: actor, claim: claim, reason)
    case .revived: doubtTraffic()
    }
  }

  private mutating func start() {
    if statuses.contains(.pending) { watchFreeze() }
    guard statuses.contains(.pending) || !plan.undone.isEmpty else {
      let why = plan.kind.removal == nil ? "every host already runs what is asked for: \(plan.alike)" : "no host has anything of it"
      note(.remark(why))
      // What a dead engine had brought to all hosts is good now, and the hosts are told so.
      if plan.hasDueStages {
        if let first = plan.unended { note(.remark("deployment \(first) came to all of them and did not end: its stages run now")) }
        return lock()
      }
      guard let first = plan.unended else {
        // Hosts remember the sequence, so that they refuse an older one later.
        if plan.lock.sequence != nil, statuses.contains(.unchanged) { return lock() }
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
    let waiter = outbox.ended(intent: intent)
    let host = waiter.host.flatMap { plan.hosts.indices.contains($0) ? $0 : nil }
    for warning in outcome.warnings ?? [] { note(.log(host: host, LogLine(.warn, warning))) }
    if let failure = outcome.failure, failure.kind == .fenced, waiter.isAtWork { return abandon(failure) }
    switch waiter {
    case .nobody: break
    case .lock(let host): locked(host, outcome)
    case .unlock(let host): unlocked(host, outcome)
    case .upload(let host): uploaded(host, outcome)
    case .prune(let host): pruned(host, outcome)
    case .host(let host): operated(host, outcome)
    case .script(let script):
      if marking.step == .running, tree.owner(of: script) == .stage { marking.heard(outcome) }
      tree.answer(script, .outcome(outcome), &outbox)
    case .look(let slot): looked(slot, Looking.Finding(outcome))
    case .park(let host): parked(host, outcome)
    case .unpark(let host): unparked(host, outcome)
    case .mark(let host): marked(host, outcome)
    }
  }

  private mutating func rang(_ timer: Int) {
    switch outbox.rang(timer: timer) {
    case .nobody: break
    case .sleep(let script): tree.answer(script, .slept, &outbox)
    case .deadline(let script): tree.overdue(script, &outbox)
    case .grace(let script): carryOut(tree.graceEnded(script, &outbox))
    case .pause: pauseEnded()
    case .gate: gateRang()
    case .look(let slot, let script): lookRang(slot, script)
    case .looks(let gate, let timer): looksRang(gate, timer)
    case .traffic: trafficRang()
    case .freeze: freezeTurned()
    case .undo:
      undoTimer = nil
      cancelUndo(Failure(.timeout, "not done within \(Deadlines.undo), the time of what undoes a stage"))
    case .notices: endNotices(Failure(.timeout, "not done within \(Deadlines.notices), the time of all that runs after a deployment"))
    }
  }

  /// Handles a refused renewal of a lock. It has no effect before all locks are held, or while they are given back.
  private mutating func overtaken(_ failure: Failure) {
    switch phase {
    case .planned, .locking, .unlocking, .concluded: break
    case .stage, .settling, .shiftingBack, .notifying, .pruning: abandon(failure)
    }
  }

  /// Gives up the hosts to a newer deployment. This deployment may not touch them any more, not even to restore them, and moves no traffic
  /// to them.
  private mutating func abandon(_ failure: Failure) {
    if let owed = traffic.owed {
      let now = traffic.current.map { "stays at \($0.sentence)" } ?? "stays as it is"
      note(.remark("the traffic \(now), and was \(owed.sentence) before: a newer deployment has the hosts, so nobody puts it back"))
    }
    for number in statuses.indices where !statuses[number].isFinal && statuses[number] != .pending { set(number, .unknown(failure)) }
    for script in tree.roots { outbox.add(.kill(script)) }
    conclude(Conclusion(status: .failed, error: ScriptError(failure), hosts: statuses))
  }

  // MARK: What the parts share

  mutating func note(_ note: Note) { outbox.note(note) }

  mutating func set(_ host: Int, _ status: HostStatus) {
    statuses[host] = status
    note(.host(host, status))
  }

  mutating func conclude(_ conclusion: Conclusion) {
    phase = .concluded
    var conclusion = conclusion
    if plan.kind.task != nil { conclusion.ran = taskRan }
    outbox.add(.conclude(conclusion))
  }
}
