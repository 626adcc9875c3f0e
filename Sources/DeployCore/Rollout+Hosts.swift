import DeployModel

/// Where one host is in its part of the deployment.
struct HostRun: Sendable, Hashable {
  var steps: [HostStep]
  var position = 0
  /// Why it goes back; nil while it goes forward.
  var cause: ScriptError?
  /// Whether there is nothing to go back from: it failed before anything of what the host runs was changed.
  var isUntouched = false
  var intent: Int?
  var script: ScriptID?
  /// The first failure of the lifecycle event under way that does not fail the host; its event ends with it.
  var tolerated: ScriptError?
  /// The release that the host goes back from could not be stopped.
  var isStillRunning = false
}

extension Rollout {
  mutating func startHost(_ host: Int) {
    admission.started(host)
    set(host, .changing)
    runs[host] = HostRun(steps: HostProgram.forward(host, in: plan, staged: staged[host]))
    advance(host)
  }

  /// Goes on with the host's next step.
  private mutating func advance(_ host: Int) {
    while let run = runs[host] {
      if cancelled, run.cause == nil, run.position < run.steps.count {
        return failed(
          host, ScriptError(failure?.failure ?? Failure(.cancelled, "cancelled"), host: plan.hosts[host].host.name), begun: false)
      }
      guard run.position < run.steps.count else {
        return ended(host, run.cause.map { run.isUntouched ? .untouched($0) : .restored($0) } ?? .succeeded)
      }
      switch run.steps[run.position] {
      case .begin(let event): note(.eventBegan(host: host, event))
      case .end(let event):
        note(.eventEnded(host: host, event, error: run.tolerated))
        runs[host]?.tolerated = nil
      case .skip(let event, let reason): note(.eventSkipped(host: host, event, reason: reason))
      case .operation(let operation, _):
        let intent = perform(.host(host), operation, for: .host(host), site: site(of: run, on: host))
        runs[host]?.intent = intent
        return
      case .hook(let body, let site, _):
        let script = startRoot(body, on: .host(host), owner: .hook(host: host), site: site)
        runs[host]?.script = script
        return
      }
      runs[host]?.position += 1
    }
  }

  /// An operation of the engine itself came back from the host.
  mutating func operated(_ host: Int, _ outcome: Outcome) {
    stepEnded(host, outcome.failure.map { ScriptError($0, host: plan.hosts[host].host.name, stderr: outcome.stderr?.text) })
  }

  /// The step under way ended: by an operation's outcome, or by a hook's end.
  mutating func stepEnded(_ host: Int, _ error: ScriptError?) {
    guard let run = runs[host] else { return }
    runs[host]?.intent = nil
    runs[host]?.script = nil
    if let error {
      if error.failure.kind == .unreachable, error.host == nil || error.host == plan.hosts[host].host.name {
        if let event = openEvent(of: run) { note(.eventEnded(host: host, event, error: error)) }
        return ended(host, .unknown(error.failure))
      }
      if isVital(run.steps[run.position]) { return failed(host, error) }
      tolerate(error, on: host)
    }
    runs[host]?.position += 1
    advance(host)
  }

  /// Remembers a failure that does not fail the host, and says what continues without which step.
  private mutating func tolerate(_ error: ScriptError, on host: Int) {
    guard let run = runs[host] else { return }
    let step =
      if case .operation(let operation, _) = run.steps[run.position] {
        "the step \(operation.verb)"
      } else {
        openEvent(of: run)?.rawValue ?? "a hook"
      }
    let course = run.cause == nil ? "the deployment" : "the way back"
    note(.remark("\(plan.hosts[host].host.name): \(step) failed: \(error.failure.message); \(course) continues without it"))
    guard let event = openEvent(of: run) else { return }
    if run.tolerated == nil { runs[host]?.tolerated = error }
    if event == .applicationStop { runs[host]?.isStillRunning = true }
  }

  /// - Parameter begun: the step under way was begun, so that it may have had an effect.
  private mutating func failed(_ host: Int, _ error: ScriptError, begun: Bool = true) {
    guard let run = runs[host] else { return }
    if let event = openEvent(of: run) { note(.eventEnded(host: host, event, error: error)) }
    if let cause = run.cause {
      var commands = HostProgram.commands(toRestore: host, in: plan)
      let path = plan.hosts[host].host.place(plan.path)
      if error.failure.kind == .noSpace { commands.insert("df -h \(path)  # make room first", at: 1) }
      if run.isStillRunning { commands.append("# the release that failed was not stopped: stop it before that") }
      return ended(host, .restoreFailed(cause, restoring: error, commands: commands))
    }
    guard plan.rollback else { return ended(host, .failed(error)) }
    let reached = run.steps.prefix(run.position + (begun ? 1 : 0))
    let isUntouched = HostProgram.isUntouched(host, in: plan, after: reached)
    if !isUntouched {
      set(host, .restoring(error))
      admission.goesBack(host)
    }
    if HostProgram.leaves(host, in: plan, after: reached), let back = plan.hosts[host].back {
      note(
        .remark(
          "\(plan.hosts[host].host.name) goes back to \(back.release.id) of deployment \(back.deployment): no deployment of what it ran "
            + "ever succeeded"))
    }
    runs[host] = HostRun(steps: HostProgram.restore(host, in: plan, after: reached), cause: error, isUntouched: isUntouched)
    advance(host)
  }

  private mutating func ended(_ host: Int, _ status: HostStatus) {
    runs[host] = nil
    set(host, status)
    let (was, will) = (plan.hosts[host].serves, plan.hosts[host].willServe)
    admission.ended(host, status, hadRelease: was, hasTarget: will)
    wave?.running -= 1
    if status == .succeeded { wave?.result.succeeded.append(host) } else { wave?.result.failed.append(host) }
    admit()
  }

  /// Ends what the host does now, so that it goes back; one that goes back already is left to it.
  mutating func cancelRun(_ host: Int, _ reason: Failure) {
    guard let run = runs[host], run.cause == nil else { return }
    if let script = run.script { cancelScript(script, reason) }
    // Only what may take long is interrupted; a rename, a receipt or an installation is quicker done than undone.
    guard let intent = run.intent, case .operation(let operation, _) = run.steps[run.position] else { return }
    switch operation {
    case .stage: effects.append(.cancel(intent: intent))
    case .appspec(let step):
      if case .event(let event) = step.phase, event != .install { effects.append(.cancel(intent: intent)) }
    default: break
    }
  }

  private func isVital(_ step: HostStep) -> Bool {
    switch step {
    case .operation(_, let vital), .hook(_, _, let vital): vital
    default: false
    }
  }

  /// The lifecycle event that was begun and not ended.
  private func openEvent(of run: HostRun) -> LifecycleEvent? {
    for step in run.steps.prefix(run.position + 1).reversed() {
      switch step {
      case .begin(let event): return event
      case .end: return nil
      default: continue
      }
    }
    return nil
  }

  private func site(of run: HostRun, on host: Int) -> Intent.Site {
    let (target, current) = (plan.hosts[host].target?.id, plan.hosts[host].current)
    var ofCurrent = false
    if case .operation(.appspec(let step), _) = run.steps[run.position] {
      switch step.phase {
      case .back: ofCurrent = true
      case .event(let event): ofCurrent = event.concernsPrevious && run.cause == nil
      default: break
      }
    }
    return Intent.Site(event: openEvent(of: run), release: ofCurrent ? current : target, previous: ofCurrent ? target : current)
  }
}
