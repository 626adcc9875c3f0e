import DeployModel

extension Rollout {
  @discardableResult
  mutating func startRoot(_ body: Body, on subject: Subject, owner: ScriptTree.Owner, site: Intent.Site) -> ScriptID {
    activeRoots += 1
    var host: Int?
    if case .host(let number) = subject { host = number }
    return start(body, on: subject, ScriptTree.Script(owner: owner, site: site, host: host))
  }

  private mutating func start(_ body: Body, on subject: Subject, _ script: ScriptTree.Script) -> ScriptID {
    let id = tree.add(script)
    effects.append(.start(id, body, subject))
    effects.append(.step(id, .begin))
    return id
  }

  /// Gives a waiting script what it waited for, or tells it first that it is cancelled.
  mutating func answer(_ id: ScriptID, _ answer: Answer) {
    guard !tree[id].ended else { return }
    tree[id].waiting = .nothing
    guard let reason = tree[id].cancelled, !tree[id].told else { return effects.append(.step(id, answer)) }
    tree[id].told = true
    tree[id].grace = ring(.grace(of: id), after: Deadlines.grace)
    effects.append(.step(id, .cancel(reason)))
  }

  mutating func stepped(_ id: ScriptID, _ step: Step) {
    for line in step.log { note(.log(host: tree[id].host, line)) }
    guard !tree[id].ended else { return }
    switch step.next {
    case .ended(let result): ended(id, result)
    case .asked(let request):
      if tree[id].cancelled != nil, !tree[id].told { return answer(id, .begin) }
      ask(id, request)
    }
  }

  private mutating func ask(_ id: ScriptID, _ request: Request) {
    switch request {
    case .perform(let place, let operation, let timeout): ask(id, place, operation, timeout)
    case .sleep(let interval): tree[id].waiting = .timer(ring(.sleep(id), after: interval))
    case .spawn(let bodies, let limit, let keepGoing):
      tree[id].waiting = .children(ScriptTree.Family(bodies, limit: limit, keepGoing: keepGoing))
      spawn(id)
    case .within(let interval, let body):
      var family = ScriptTree.Family([body], limit: 1, keepGoing: false)
      family.deadline = ring(.deadline(of: id), after: interval)
      family.overdue = Failure(.timeout, "not done within \(interval)")
      tree[id].waiting = .children(family)
      spawn(id)
    case .decide(let decision): decide(id, decision)
    }
  }

  private mutating func ask(_ id: ScriptID, _ place: Place, _ operation: DeployModel.Operation, _ timeout: Interval?) {
    var site = tree[id].site
    if case .host(let number) = place {
      guard plan.hosts.indices.contains(number) else {
        return answer(id, .outcome(.failed(.invalid, "there is no host number \(number) in this deployment")))
      }
      switch statuses[number] {
      case .leftOut(let failure), .unknown(let failure): return answer(id, .outcome(Outcome(failure: failure)))
      default: break
      }
      if site.event == nil {
        site.release = plan.hosts[number].target?.id
        site.previous = plan.hosts[number].current
      }
    }
    tree[id].waiting = .intent(perform(place, operation, for: .script(id), site: site, timeout: timeout))
  }

  private mutating func decide(_ id: ScriptID, _ decision: Decision) {
    guard tree[id].owner == .strategy, wave == nil else {
      return answer(id, .outcome(.failed(.invalid, "only a strategy's own function may decide, one decision at a time")))
    }
    switch decision {
    case .wave(let hosts, let parallel):
      tree[id].waiting = .wave
      beginWave(hosts, parallel: parallel, for: id)
    case .wait(let interval): tree[id].waiting = .timer(ring(.sleep(id), after: interval))
    case .rollback(let reason):
      effects.append(.kill(id))
      ended(id, .raised(ScriptError(Failure(.failed, reason))))
    }
  }

  // MARK: the end of a script

  private mutating func ended(_ id: ScriptID, _ result: ScriptResult) {
    tree[id].ended = true
    tree[id].waiting = .nothing
    if let grace = tree[id].grace { rings[grace] = .nobody }
    let owner = tree[id].owner
    if case .child = owner {} else { activeRoots -= 1 }
    switch owner {
    case .hook(let host):
      if case .raised(var error) = result {
        error.host = error.host ?? plan.hosts[host].host.name
        stepEnded(host, error)
      } else {
        stepEnded(host, nil)
      }
    case .condition: phase == .settling ? settle() : conditionEnded(result)
    case .stage: stageEnded(result.error)
    case .strategy: phase == .settling ? settle() : strategyEnded(result)
    case .notice: noticeEnded(result)
    case .child(let parent, let slot): childEnded(of: parent, slot, id, result)
    }
  }

  // MARK: children

  private mutating func spawn(_ id: ScriptID) {
    while case .children(var family) = tree[id].waiting, !family.failed, family.started < family.bodies.count,
      family.running.count < family.limit
    {
      let slot = family.started
      family.started += 1
      let child = start(
        family.bodies[slot], on: .child,
        ScriptTree.Script(owner: .child(of: id, slot: slot), site: tree[id].site, host: tree[id].host))
      family.running.append(child)
      tree[id].waiting = .children(family)
    }
    gather(id)
  }

  private mutating func childEnded(of parent: ScriptID, _ slot: Int, _ child: ScriptID, _ result: ScriptResult) {
    guard case .children(var family) = tree[parent].waiting else { return }
    family.results[slot] = result
    family.running.removeAll { $0 == child }
    let fails = result.error != nil && !family.keepGoing && !family.failed
    if fails { family.failed = true }
    tree[parent].waiting = .children(family)
    if fails, let error = result.error {
      for sibling in family.running { cancelScript(sibling, Failure(.cancelled, "another one failed: \(error.failure.message)")) }
    }
    spawn(parent)
  }

  /// Answers the parent when all its children have ended.
  private mutating func gather(_ id: ScriptID) {
    guard case .children(let family) = tree[id].waiting, family.running.isEmpty, family.failed || family.started == family.bodies.count
    else { return }
    if let deadline = family.deadline { rings[deadline] = .nobody }
    let missed = ScriptResult.raised(ScriptError(Failure(.cancelled, "not started: another one failed first")))
    answer(id, .results(family.results.map { $0 ?? missed }))
  }

  /// The deadline of a `within` passed.
  mutating func overdue(_ id: ScriptID) {
    guard case .children(var family) = tree[id].waiting, let reason = family.overdue else { return }
    family.deadline = nil
    tree[id].waiting = .children(family)
    for child in family.running { cancelScript(child, reason) }
  }

  // MARK: cancelling

  /// Asks a script to end. It is told at once where it waits for time, else when what it waits for has come to its end.
  mutating func cancelScript(_ id: ScriptID, _ reason: Failure) {
    guard !tree[id].ended, tree[id].cancelled == nil else { return }
    tree[id].cancelled = reason
    switch tree[id].waiting {
    case .nothing, .wave: break
    case .intent(let intent): effects.append(.cancel(intent: intent))
    case .timer(let timer):
      rings[timer] = .nobody
      answer(id, .slept)
    case .children(var family):
      family.failed = true
      tree[id].waiting = .children(family)
      for child in family.running { cancelScript(child, reason) }
      gather(id)
    }
  }

  /// Clean-up took too long: the script and all it started are ended where they stand.
  mutating func graceEnded(_ id: ScriptID) {
    guard !tree[id].ended else { return }
    let reason = tree[id].cancelled ?? Failure(.cancelled, "cancelled")
    if case .intent(let intent) = tree[id].waiting {
      waiters[intent] = .nobody
      effects.append(.cancel(intent: intent))
    }
    if case .children(let family) = tree[id].waiting { for child in family.running { kill(child) } }
    effects.append(.kill(id))
    ended(id, .raised(ScriptError(reason)))
  }

  private mutating func kill(_ id: ScriptID) {
    tree[id].ended = true
    if case .intent(let intent) = tree[id].waiting {
      waiters[intent] = .nobody
      effects.append(.cancel(intent: intent))
    }
    if case .children(let family) = tree[id].waiting { for child in family.running { kill(child) } }
    effects.append(.kill(id))
  }
}

extension ScriptResult {
  var error: ScriptError? { if case .raised(let error) = self { error } else { nil } }
}
