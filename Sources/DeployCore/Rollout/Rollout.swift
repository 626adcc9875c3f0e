package import DeployModel

/// One deployment in progress, as a value. It takes events and returns effects, without IO, a clock or tasks. It holds the hosts' statuses,
/// the phase and the failure. It passes each event to the value that handles that event: `Locking`, `Uploading`, `Wave`, `HostRun` or
/// `ScriptTree`.
package struct Rollout: Sendable {
  package let plan: Plan
  /// The status of each host. The index is the host's number.
  package internal(set) var statuses: [HostStatus]
  package internal(set) var phase = Phase.planned
  /// The first cause of the deployment's failure, or nil if the deployment has not failed.
  package internal(set) var failure: ScriptError?
  package internal(set) var cancelled = false
  /// Whether functions of a task have begun a command whose effect nothing reverses.
  var taskRan = false

  package enum Phase: Sendable, Hashable {
    case planned
    case locking
    case stage(Int)
    /// Nothing new starts, and running operations finish.
    case settling
    /// Shifted traffic is shifted back.
    case shiftingBack
    /// The `on_success` or `on_failure` function with this index runs.
    case notifying(Int)
    /// Old releases are being removed from this number of hosts.
    case pruning(Int)
    indirect case unlocking(Conclusion)
    case concluded
  }

  var admission: Admission
  var locking: Locking
  var uploading = Uploading()
  var wave: Wave?
  /// The number of waves that have begun.
  var waves = 0
  /// The number of hosts in the waves so far, for a rollout without a strategy that has several waves.
  var taken = 0
  /// The open gate, or nil if no gate is open.
  var gate: OpenGate?
  var freeze = FreezeState()
  /// The names of the gates that were opened, in order.
  var gates: [String] = []
  var traffic = Shifting()
  /// Why the strategy ended the rollout on purpose, or nil if it did not.
  var stopped: String?
  /// The marks that hosts are asked to record for the current stage.
  var marking = Marking()
  /// The hosts that recorded that the stage began.
  var keeping: [Int] = []
  /// The name of the current stage, or of the last one.
  var stageName = ""
  /// The first irreversible stage that has begun, or nil if there is none. Once it has begun, no host is rolled back.
  var pastReturn: String?
  /// The stages with an undo that have begun, in order.
  var begun: [BegunStage] = []
  /// The timer that limits the undo of a stage, or nil if no undo is running.
  var undoTimer: Int?
  /// The host on which the current undo runs in the place of the elected host, which was lost. Nil if the undo runs where the plan says.
  var standIn: Int?
  /// The number of messages since a gate was last closed.
  var unsettled = 0
  /// Whether the lapse that undoes a stage twice has already done so.
  var isUndoneAgain = false
  /// For each host, by its number, its progress through its part, or nil if the host is not under way.
  var runs: [HostRun?]
  /// The hosts that waves have left ready, including hosts with which a later wave has continued. After a failure, these hosts are restored
  /// in reverse order.
  var ready: [Int] = []
  /// Whether `giveUpReadyHosts` is running, so that a host that ends immediately does not call it again.
  var isGivingUp = false
  /// The state of the parking, or nil if the deployment is neither parked nor being parked.
  var parkState: ParkState?
  /// The number of times that an engine was about to exit.
  var parkings = 0
  /// The number of the gate at which hosts could not keep the deployment, or nil if there was no such gate.
  var unparkableGate: Int?
  let lapse: Lapse?
  /// Whether each host has only one step, which makes its release current. Nothing is then locked, sent or pruned. Only simulations of
  /// large fleets use this.
  let isOutline: Bool
  /// Whether the plan has a traffic adapter.
  let movesTraffic: Bool
  /// The pause, or nil if the deployment is not paused.
  var pause: Hold?
  /// The requests of scripts that wait for the end of the pause, in order.
  var held: [Held] = []
  /// Whether a pause delays the start of the current stage or, after the last stage, the end of the deployment.
  var isStageHeld = false
  /// The timer of the functions that run after the deployment, or nil if none runs.
  var noticeTimer: Int?
  /// Whether the functions after the deployment have been ended, so that the rest of them are skipped.
  var areNoticesOver = false
  /// For each host, by its number, whether the upload stage has sent its release.
  var staged: [Bool]
  var tree = ScriptTree()
  var outbox = Outbox()

  /// The current pause.
  struct Hold: Sendable, Hashable {
    var message: Message
    /// The timer that ends a pause that lasts too long.
    var timer: Int
  }

  /// - Parameters:
  ///   - lapse: a rule that is disabled to test the checkers, or nil if no rule is disabled.
  ///   - isOutline: whether each host has only one step, for simulations of large fleets.
  package init(plan: Plan, lapse: Lapse? = nil, isOutline: Bool = false) {
    self.plan = plan
    self.isOutline = isOutline
    movesTraffic = plan.adapter != nil
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
    let partners = plan.partners.filter { $0.register?.missing == nil }
    locking = Locking(locked.map { ($0.host.number, $0.host.name) }, then: partners.map(\.host.number))
    runs = Array(repeating: nil, count: plan.hosts.count)
    staged = Array(repeating: false, count: plan.hosts.count)
  }

  /// The number of hosts that serve and are not under way.
  package var servingCount: Int { admission.servingCount }

  /// Handles one event and returns the effects. A concluded rollout returns none.
  package mutating func handle(_ event: Event) -> [Effect] {
    guard phase != .concluded else { return [] }
    switch event {
    case .happened(let happening):
      if case .said = happening { countMessage() }
      if !keeps(happening) { take(happening) }
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
      // If the engine of an earlier deployment died after all hosts had changed, that deployment becomes good now, and the hosts record
      // this.
      if plan.hasDueStages {
        if let first = plan.unended { note(.remark("deployment \(first) came to all of them and did not end: its stages run now")) }
        return lock()
      }
      guard let first = plan.unended else {
        // The hosts record the sequence number, so that they refuse a lower number later.
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
    case .check(let slot): checked(slot, Checking.Finding(outcome))
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
    case .check(let slot, let script): checkRang(slot, script)
    case .round(let gate, let timer): roundRang(gate, timer)
    case .traffic: trafficRang()
    case .freeze: freezeTurned()
    case .undo:
      undoTimer = nil
      cancelUndo(Failure(.timeout, "not done within \(Deadlines.undo), the time of what undoes a stage"))
    case .notices: endNotices(Failure(.timeout, "not done within \(Deadlines.notices), the time of all that runs after a deployment"))
    }
  }

  /// Handles a host's refusal to renew its lock. The refusal has no effect before all locks are held or while they are being released.
  private mutating func overtaken(_ failure: Failure) {
    switch phase {
    case .planned, .locking, .unlocking, .concluded: break
    case .stage, .settling, .shiftingBack, .notifying, .pruning: abandon(failure)
    }
  }

  /// Leaves the hosts to a newer deployment. From now on, this deployment must not change the hosts, not even to restore them, and must not
  /// move traffic.
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
