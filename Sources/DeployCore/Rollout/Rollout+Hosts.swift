import DeployModel

/// Waves and the hosts that they change.
extension Rollout {
  /// Begins a wave with the requested hosts that still have to be changed. These include ready hosts, which continue where they stopped.
  mutating func beginWave(_ wanted: [Int], parallel: Int?, upto: Segment? = nil, for script: ScriptID? = nil) {
    var chosen = statuses.map { _ in false }
    var hosts: [Int] = []
    for host in wanted where statuses.indices.contains(host) && isWanted(host, upto: upto) && !chosen[host] {
      chosen[host] = true
      hosts.append(host)
    }
    hosts = admission.arranged(hosts)
    waves += 1
    admission.waveBegan(hosts.count)
    wave = Wave(hosts, parallel: parallel, upto: upto, for: script)
    if !hosts.isEmpty, holdsWave() { return }
    if !isPaused { announceWave() }
    admit()
  }

  /// Writes the note that the wave begins. If a pause delays the wave, the note is written when the wave actually begins.
  mutating func announceWave() {
    guard let held = wave, !held.isAnnounced, !held.hosts.isEmpty, !isHeldByFreeze else { return }
    wave?.isAnnounced = true
    note(held.isRestart ? .restartBegan(hosts: held.hosts) : .waveBegan(number: waves, hosts: held.hosts, upto: held.upto))
  }

  private func isWanted(_ host: Int, upto: Segment?) -> Bool {
    switch statuses[host] {
    case .pending: true
    case .ready(let segment): segment < upto ?? .settle
    default: false
    }
  }

  /// Starts as many hosts of the wave as the bounds allow, and ends the wave when all of its hosts have ended.
  mutating func admit() {
    while true {
      let mayBegin = failure == nil && admission.exhausted == nil
      if mayBegin, isPaused || isHeldByFreeze, wave?.isOpen == true { return }
      switch nextMove(mayBegin: mayBegin) {
      case nil, .wait: return
      case .start(let host): startHost(host)
      case .never(let reason):
        let ready = statuses.count { if case .ready = $0 { true } else { false } }
        let first =
          ready == 0
          ? "bring the other hosts back first (lander status)"
          : "let a wave take the \(ready == 1 ? "ready host" : "\(ready) ready hosts") on first: they are out of service until then"
        failure = ScriptError(Failure(.failed, reason, fix: first + ", or lower the floor"))
      case .ended:
        guard let ended = wave else { return }
        return endWave(ended)
      }
    }
  }

  /// Returns the wave's next move, or nil if no wave is under way.
  private mutating func nextMove(mayBegin: Bool) -> Wave.Move? {
    guard mayBegin, let host = wave?.upcoming else { return wave?.idle }
    // The verdict is computed first, so that no copy of `admission` exists when a host starts. With a copy, changing `admission` would copy
    // its arrays.
    let verdict = admission.mayStart(host, parallel: wave?.parallel)
    return wave?.next(verdict)
  }

  private mutating func endWave(_ ended: Wave) {
    wave = nil
    if ended.isAnnounced { note(ended.isRestart ? .restartEnded(ended.result) : .waveEnded(number: waves, ended.result)) }
    if phase == .settling {
      if let script = ended.script { tree.answer(script, .wave(ended.result), &outbox) }
      return settle()
    }
    if failure == nil, let exhausted = admission.exhausted {
      note(.remark("no further host is started: \(exhausted)"))
      failure = firstCause(or: exhausted)
    }
    if let failure { fail(failure) }
    // If the deployment has failed, this call tells the strategy why it is cancelled, so that the strategy's <close> variables run.
    if let script = ended.script { return tree.answer(script, .wave(ended.result), &outbox) }
    if owesOwnWave { return beginOwnWave() }
    stageEnded(nil)
  }

  // MARK: a host

  private mutating func startHost(_ host: Int) {
    admission.started(host)
    set(host, .changing)
    if wave?.isRestart == true, let still = plan.hosts[host].still {
      runs[host] = HostRun(restarting: still, in: plan)
    } else if runs[host] == nil {
      runs[host] = HostRun(host, in: plan, staged: staged[host], upto: wave?.upto, isOutline: isOutline, goesBack: goesBack)
    } else {
      runs[host]?.takeOn(upto: wave?.upto)
    }
    advance(host)
  }

  /// Begins the host's next step.
  /// - Parameter refusal: why the host must not begin a step. If nil, the host is allowed to begin one, unless the deployment was
  ///   cancelled.
  mutating func advance(_ host: Int, unless refusal: Failure? = nil) {
    let reason = cancelled ? failure?.failure ?? Failure(.cancelled, "cancelled") : refusal
    // Without a traffic adapter, the traffic is not checked. This saves copies of the rollout, which is large.
    if movesTraffic, reason == nil, waitsForTraffic(host) { return }
    let refused = reason ?? (movesTraffic ? stopRefusal(of: host) : nil)
    guard let move = runs[host]?.next(in: plan, unless: refused, &outbox) else { return }
    if let service = runs[host]?.service, service != admission.service[host] {
      admission.changed(host, service)
      tellService(of: host)
    }
    carryOut(move, on: host)
  }

  private mutating func tellService(of host: Int) {
    if plan.flow.tracksService == true { note(.serviceChanged(host: host, admission.service[host])) }
  }

  private mutating func carryOut(_ move: HostRun.Move, on host: Int) {
    switch move {
    case .perform(let operation, let site):
      runs[host]?.waiting = .intent(outbox.perform(.host(host), operation, for: .host(host), site: site))
    case .hook(let body, let site):
      runs[host]?.waiting = .script(tree.startRoot(body, on: .host(host), owner: .hook(host: host), site: site, &outbox))
    case .failed(let error, _) where lapse == .taskLeavesOut && plan.kind.task != nil: ended(host, .restored(error))
    case .failed(let error, let isUntouched):
      if !isUntouched {
        set(host, .restoring(error))
        admission.goesBack(host)
      }
      runs[host]?.goBack(error, isUntouched: isUntouched, in: plan, &outbox)
      advance(host)
    case .ended(let status): ended(host, status)
    }
  }

  /// Handles the outcome of an operation of the engine itself on the host.
  mutating func operated(_ host: Int, _ outcome: Outcome) {
    if plan.kind.removal != nil, let words = HostProgram.whatStays(outcome) {
      note(.remark("\(plan.hosts[host].host.name): \(words) in \(plan.hosts[host].host.place(plan.placement.path))"))
    }
    let error = outcome.failure.map { ScriptError($0, host: plan.hosts[host].host.name, stderr: outcome.stderr?.text) }
    stepEnded(host, error, isWhole: outcome.leftWhole)
  }

  /// Handles the end of the host's current step, an operation or a hook.
  /// - Parameter isWhole: whether the step was a removal that failed before it removed anything.
  mutating func stepEnded(_ host: Int, _ error: ScriptError?, isWhole: Bool = false) {
    guard runs[host] != nil else { return }
    if let move = runs[host]?.stepEnded(error, isWhole: isWhole, in: plan, &outbox) { return carryOut(move, on: host) }
    advance(host)
  }

  private mutating func ended(_ host: Int, _ status: HostStatus) {
    let isGivenUp = runs[host]?.isGivenUp == true
    if case .ready = status { ready.append(host) } else { runs[host] = nil }
    set(host, status)
    let service = admission.service[host]
    admission.ended(host, status, hadRelease: plan.hosts[host].serves, hasTarget: plan.hosts[host].willServe)
    if admission.service[host] != service { tellService(of: host) }
    if !isGivenUp { wave?.ended(host, status) }
    if lapse == .prunedEarly, status == .succeeded { prune(host) }
    admit()
    if phase == .settling { giveUpReadyHosts() }
  }

  /// Makes ready hosts undo their segments, because the deployment has failed. At most `parallel` hosts do this at the same time.
  mutating func giveUpReadyHosts() {
    guard let failure, !isGivingUp else { return }
    // Ready hosts might get traffic, so they stop only after the traffic has been shifted back.
    guard !owesTraffic else { return settle() }
    isGivingUp = true
    while let host = ready.last, admission.hasRoom {
      ready.removeLast()
      // Skips hosts with which a later wave has continued.
      guard case .ready = statuses[host], runs[host]?.isGivenUp == false else { continue }
      admission.started(host)
      let cause = Failure(
        .cancelled, "it was ready, and the deployment failed before a wave took it on: \(failure.failure.message)", fix: failure.failure.fix
      )
      if let move = runs[host]?.giveUp(ScriptError(cause, host: plan.hosts[host].host.name), in: plan, &outbox) {
        carryOut(move, on: host)
      }
    }
    isGivingUp = false
    settle()
  }

  /// Interrupts the current steps of hosts, so that the hosts are restored.
  mutating func interruptHosts(_ reason: Failure) {
    for host in runs.indices {
      switch runs[host]?.interruptible {
      case .intent(let intent): outbox.add(.cancel(intent: intent))
      case .script(let script): tree.cancel(script, reason, &outbox)
      case .nothing, .traffic, nil: break
      }
    }
  }
}
