import DeployModel

/// One host's part of the deployment: its segments towards the target and, if a step fails, the steps of the restore.
struct HostRun: Sendable, Hashable {
  /// The next action for the host.
  enum Move: Sendable, Hashable {
    case perform(DeployModel.Operation, Intent.Site)
    /// Start a function of a recipe.
    case hook(Body, Intent.Site)
    /// A step failed. The caller must call `goBack`, which restores the host.
    case failed(ScriptError, isUntouched: Bool)
    case ended(HostStatus)
  }

  /// What the current step waits for.
  enum Waiting: Sendable, Hashable {
    case nothing
    case intent(Int)
    case script(ScriptID)
    /// The traffic weights.
    case traffic
  }

  /// What the host does in the deployment. The enum is indirect, because the plan of a host is large and most runs need no plan of their
  /// own.
  private indirect enum Course: Sendable, Hashable {
    case change
    /// The host is stopped and started. The value is the host's plan, with the release that it already runs as the target.
    case restart(HostPlan)
  }

  let host: Int
  var waiting = Waiting.nothing
  private let isOutline: Bool
  private let course: Course
  /// Whether the host is restored if it fails.
  private let goesBack: Bool
  private var steps: [HostStep]
  private var position = 0
  /// Whether the deployment failed while the host was ready.
  private(set) var isGivenUp = false
  /// The last segment that the host runs before it stops, or nil if it runs all segments.
  private var upto: Segment?
  /// The number of steps up to the end of that segment.
  private var limit = 0
  /// The number of steps up to the end of each segment, or empty if the host runs all segments without a stop.
  private var ends: [Int] = []
  /// The number of steps that had begun when the host failed.
  private var begun = 0
  /// Why the host is being restored, or nil if the host is on the way to its target.
  private(set) var cause: ScriptError?
  /// Whether there is nothing to restore, because the host failed before anything that it runs was changed.
  private var isUntouched = false
  /// The first tolerated failure of the current lifecycle event. The event ends with this failure. Nil if there is none.
  private var tolerated: ScriptError?
  /// The number of times that the current step was retried.
  private var retried = 0
  /// Whether the release that the host leaves could not be stopped.
  private var isStillRunning = false
  /// Whether the last step was a removal that failed before it removed anything.
  private var leftWhole = false
  /// The last change of the host's service that its steps caused, or nil if there has been none so far.
  private(set) var service: Service?

  /// - Parameters:
  ///   - staged: whether the release has already been sent.
  ///   - upto: the last segment that the host runs; it then stops and is ready. Nil if the host runs all segments.
  ///   - isOutline: whether the whole program is a single step.
  ///   - goesBack: whether the host is restored if it fails, or nil if the plan decides.
  init(_ host: Int, in plan: Plan, staged: Bool, upto: Segment? = nil, isOutline: Bool = false, goesBack: Bool? = nil) {
    self.host = host
    self.goesBack = goesBack ?? plan.flow.goesBack
    self.isOutline = isOutline
    course = .change
    steps = []
    for segment in Segment.allCases {
      steps += isOutline ? HostProgram.outline(of: segment, host, in: plan) : HostProgram.steps(of: segment, host, in: plan, staged: staged)
      if upto != nil { ends.append(steps.count) }
    }
    takeOn(upto: upto)
  }

  /// Creates the run of a host that is stopped and started with the release that it runs. The host can still be changed later.
  init(restarting still: HostPlan, in plan: Plan) {
    host = still.host.number
    course = .restart(still)
    (goesBack, isOutline) = (true, false)
    steps = HostProgram.restart(still, in: plan)
    limit = steps.count
  }

  /// Continues a ready host.
  mutating func takeOn(upto: Segment?) {
    self.upto = upto == .settle ? nil : upto
    // A host that was planned without a stop cannot stop later, because the ends of its segments are unknown. It runs all segments.
    limit = zip(Segment.allCases, ends).first { $0.0 == self.upto }?.1 ?? steps.count
  }

  /// Returns the next move.
  /// - Parameter reason: why a host on the way to its target must not begin a further step, or nil if it is allowed to begin one.
  mutating func next(in plan: Plan, unless reason: Failure?, _ outbox: inout Outbox) -> Move {
    while position < limit {
      if cause == nil, let reason, !isGoing(in: plan, upto: position) {
        return failed(ScriptError(reason, host: name(in: plan)), begun: false, in: plan, &outbox)
      }
      switch steps[position] {
      case .begin(let event):
        outbox.note(.eventBegan(host: host, event))
        service = event.serviceAtBeginning ?? service
      case .end(let event):
        outbox.note(.eventEnded(host: host, event, error: tolerated))
        tolerated = nil
        service = event.serviceAtEnd ?? service
      case .skip(let event, let reason): outbox.note(.eventSkipped(host: host, event, reason: reason))
      case .operation(let operation, _):
        if operation.endsService { service = .out }
        return .perform(operation, site(in: plan))
      case .hook(let body, let site, _): return .hook(body, site)
      }
      position += 1
    }
    if cause == nil, let upto { return .ended(.ready(upto)) }
    return .ended(cause.map { isUntouched ? .untouched($0) : .restored($0) } ?? (isRestart ? .pending : .succeeded))
  }

  /// Handles the end of the current step, an operation or a hook.
  /// - Parameters:
  ///   - error: the error, or nil if the step succeeded.
  ///   - isWhole: whether the step was a removal that failed before it removed anything.
  /// - Returns: the next move, or nil if the caller has to call `next` to get it.
  mutating func stepEnded(_ error: ScriptError?, isWhole: Bool = false, in plan: Plan, _ outbox: inout Outbox) -> Move? {
    waiting = .nothing
    leftWhole = isWhole && plan.flow.rules?.restartsUnremoved == true
    if let error {
      if error.failure.kind == .unreachable, error.host == nil || error.host == name(in: plan) {
        if let event = openEvent { outbox.note(.eventEnded(host: host, event, error: error)) }
        return .ended(.unknown(error.failure))
      }
      if retries(error, in: plan, &outbox) { return nil }
      if steps[position].isVital { return failed(error, begun: true, in: plan, &outbox) }
      tolerate(error, in: plan, &outbox)
    }
    position += 1
    retried = 0
    return nil
  }

  /// Whether the current step is retried in place.
  private mutating func retries(_ error: ScriptError, in plan: Plan, _ outbox: inout Outbox) -> Bool {
    guard retried < plan.bounds.retries ?? 0, case .operation(let operation, _) = steps[position],
      Retrying.helps(operation, after: error.failure)
    else { return false }
    retried += 1
    outbox.note(Retrying.remark(name(in: plan), operation, error.failure))
    return true
  }

  /// Begins to restore the host by undoing the steps that had begun.
  mutating func goBack(_ error: ScriptError, isUntouched: Bool, in plan: Plan, _ outbox: inout Outbox) {
    if !isRestart, HostProgram.leaves(host, in: plan, after: reached), let back = plan.hosts[host].back {
      outbox.note(
        .remark(
          "\(name(in: plan)) goes back to \(back.release.id) of deployment \(back.deployment): no deployment of what it ran ever succeeded")
      )
    }
    steps = isOutline ? HostProgram.outlineBack(host, in: plan) : wayBack(in: plan)
    (position, limit, retried) = (0, steps.count, 0)
    cause = error
    self.isUntouched = isUntouched
    tolerated = nil
    isStillRunning = false
  }

  /// Makes a ready host undo its segments, because the deployment has failed.
  mutating func giveUp(_ error: ScriptError, in plan: Plan, _ outbox: inout Outbox) -> Move {
    isGivenUp = true
    return failed(error, begun: false, in: plan, &outbox)
  }

  /// The operation or script to interrupt, so that the restore of the host begins soon. Nothing is interrupted on a host that is already
  /// being restored. A step that ends sooner than its undo would, such as a rename, a receipt or an installation, is not interrupted
  /// either.
  var interruptible: Waiting {
    guard cause == nil, position < steps.count else { return .nothing }
    switch steps[position] {
    case .hook, .operation(.stage, _): return waiting
    case .operation(.appspec(let step), _): return step.isInterruptible ? waiting : .nothing
    default: return .nothing
    }
  }

  /// Whether the host is on the way to its target and its running release has been neither stopped nor replaced.
  var leavesRunning: Bool {
    cause == nil
      && !steps.prefix(position).contains { step in
        switch step {
        case .begin(.applicationStop): true
        default: step.switchesCurrent
        }
      }
  }

  // MARK: failing

  private var reached: ArraySlice<HostStep> { steps.prefix(begun) }

  /// Returns the steps that undo the steps that had begun.
  private func wayBack(in plan: Plan) -> [HostStep] {
    if case .restart(let still) = course { return HostProgram.undoTask(still, in: plan, after: reached) }
    return HostProgram.restore(host, in: plan, after: reached)
  }

  /// Handles a failure.
  /// - Parameter begun: whether the current step had begun and therefore might have had an effect.
  private mutating func failed(_ error: ScriptError, begun isBegun: Bool, in plan: Plan, _ outbox: inout Outbox) -> Move {
    if let event = openEvent { outbox.note(.eventEnded(host: host, event, error: error)) }
    if let cause {
      var commands = HostProgram.commands(toRestore: host, in: plan, after: error.failure, isRestart: isRestart)
      let path = plan.hosts[host].host.place(plan.placement.path)
      if error.failure.kind == .noSpace { commands.insert("df -h \(path)  # make room first", at: 1) }
      if isStillRunning { commands.append("# the release that failed was not stopped: stop it before that") }
      return .ended(.restoreFailed(cause, restoring: error, commands: commands))
    }
    guard goesBack else { return .ended(.failed(error)) }
    begun = position + (isBegun ? 1 : 0)
    if plan.kind.task != nil || isRestart {
      if begun == 0 { return .ended(.untouched(error)) }
      if wayBack(in: plan).isEmpty { return .ended(.failed(error)) }
    }
    if isGoing(in: plan, upto: leftWhole ? position : begun) { return .ended(.failed(error)) }
    return .failed(error, isUntouched: HostProgram.isUntouched(host, in: plan, after: reached))
  }

  /// Records a failure that does not fail the host, and reports the step that failed.
  private mutating func tolerate(_ error: ScriptError, in plan: Plan, _ outbox: inout Outbox) {
    let step =
      if case .operation(let operation, _) = steps[position] { "the step \(operation.verb)" } else { openEvent?.rawValue ?? "a hook" }
    let course = cause == nil ? "the deployment" : "the way back"
    outbox.note(.remark("\(name(in: plan)): \(step) failed: \(error.failure.message); \(course) continues without it"))
    guard let event = openEvent else { return }
    if tolerated == nil { tolerated = error }
    if event == .applicationStop { isStillRunning = true }
  }

  // MARK: where it stands

  /// Whether one of the first `count` steps removes the host's release. If so, the host completes the removal, because a removed release
  /// cannot be restored.
  private func isGoing(in plan: Plan, upto count: Int) -> Bool {
    plan.kind.removal != nil && steps.prefix(count).contains(where: \.takesOff)
  }

  /// Whether the host is stopped and started with the release that it runs. If false, it gets a release.
  private var isRestart: Bool { if case .restart = course { true } else { false } }

  private func name(in plan: Plan) -> String { plan.hosts[host].host.name }

  /// The lifecycle event that has begun and not ended, or nil if there is none.
  private var openEvent: LifecycleEvent? {
    for step in steps.prefix(min(position + 1, limit)).reversed() {
      switch step {
      case .begin(let event): return event
      case .end: return nil
      default: continue
      }
    }
    return nil
  }

  private func site(in plan: Plan) -> Intent.Site {
    var (target, current) = (plan.hosts[host].target?.id, plan.hosts[host].current)
    if case .restart(let still) = course { (target, current) = (still.target?.id, still.current) }
    var ofCurrent = false
    if case .operation(.appspec(let step), _) = steps[position] { ofCurrent = step.concernsCurrent(isBack: cause != nil) }
    return Intent.Site(event: openEvent, release: ofCurrent ? current : target, previous: ofCurrent ? target : current)
  }
}

extension HostStep {
  /// Whether the step removes something that cannot be restored.
  fileprivate var takesOff: Bool {
    switch self {
    case .operation(.remove, _): true
    case .operation(.appspec(let step), _): step.phase == .remove
    default: false
    }
  }

  /// Whether the host fails when the step fails.
  fileprivate var isVital: Bool {
    switch self {
    case .operation(_, let vital), .hook(_, _, let vital): vital
    default: false
    }
  }
}

extension LifecycleEvent {
  /// Whether the host is draining or out of service once the event has begun, or nil if the beginning of the event does not change that.
  fileprivate var serviceAtBeginning: Service? {
    switch self {
    case .beforeBlockTraffic, .blockTraffic: .draining
    case .afterBlockTraffic, .applicationStop: .out
    default: nil
    }
  }

  /// Whether the host is in service after the event, or nil if the end of the event does not change that.
  fileprivate var serviceAtEnd: Service? {
    switch self {
    case .blockTraffic: .out
    case .allowTraffic: .in
    default: nil
    }
  }
}

extension DeployModel.Operation {
  /// Whether the previous release no longer serves after the operation.
  fileprivate var endsService: Bool {
    switch self {
    case .activate, .relink, .remove: true
    default: false
    }
  }
}
