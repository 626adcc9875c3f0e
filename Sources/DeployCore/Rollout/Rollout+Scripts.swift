import DeployModel

/// Handles the requests of scripts, and their ends.
extension Rollout {
  mutating func startRoot(_ body: Body, on subject: Subject, owner: ScriptTree.Owner, site: Intent.Site) {
    _ = tree.startRoot(body, on: subject, owner: owner, site: site, &outbox)
  }

  mutating func carryOut(_ move: ScriptTree.Move?) {
    switch move {
    case nil: break
    case .perform(let script, let place, let operation, let timeout):
      if isHeld(script) { return hold(.perform(script, place, operation, timeout: timeout)) }
      perform(script, place, operation, timeout)
    case .decide(let script, let decision): decide(script, decision)
    case .ended(let owner, let result): ended(owner, result)
    }
  }

  mutating func perform(_ script: ScriptID, _ place: Place, _ operation: DeployModel.Operation, _ timeout: Interval?) {
    if tree[script].owner == .traffic, case .run(let command) = operation { traffic.commands.append(command.line) }
    let operation = ofTraffic(script) && plan.flow.rules?.repeatsTraffic == true ? operation.repeatable : operation
    var site = tree[script].site
    if case .host(let number) = place {
      if let refusal = refusal(of: number) ?? releaseRefusal(of: number, operation, for: script) {
        return tree.answer(script, .outcome(Outcome(failure: refusal)), &outbox)
      }
      if plan.partner(number) != nil {
        (site.release, site.previous) = (nil, nil)
      } else if site.event == nil {
        // The undo of a stage runs in the release in which the stage ran.
        let undone = lapse == .undoneElsewhere ? nil : undoing?.release
        site.release = isTwin(number) ? plan.hosts[number].current : undone ?? plan.hosts[number].target?.id
        site.previous = undone == nil ? plan.hosts[number].current : plan.hosts[number].target?.id
      }
    }
    if site.event == nil, operation.changes, !ofTraffic(script) { taskRan = true }
    tree[script].asked = place
    tree[script].waiting = .intent(outbox.perform(place, operation, for: .script(script), site: site, timeout: timeout))
  }

  /// Whether the request comes from the traffic adapter: from the adapter's function, or from a function that the adapter's function
  /// started.
  private func ofTraffic(_ script: ScriptID) -> Bool {
    switch tree[script].owner {
    case .traffic: true
    case .child(let parent, _): ofTraffic(parent)
    default: false
    }
  }

  /// Returns why a script is not allowed to use a host, or nil if it is allowed to.
  func refusal(of host: Int) -> Failure? {
    if plan.partner(host) != nil { return nil }
    guard plan.hosts.indices.contains(host) else { return Failure(.invalid, "there is no host number \(host) in this deployment") }
    switch statuses[host] {
    case .leftOut(let failure), .unknown(let failure): return failure
    default: return nil
    }
  }

  mutating func decide(_ script: ScriptID, _ decision: Decision) {
    guard tree[script].owner == .strategy, wave == nil, gate == nil, traffic.step == .idle else {
      return refuse(script, Failure(.invalid, "only a strategy's own function may decide, one decision at a time"))
    }
    if let failure, !decision.isPause, lapse != .failedGateIgnored {
      return refuse(
        script,
        Failure(
          .cancelled, "the deployment has failed, and no further decision is taken: \(failure.failure.message)", fix: failure.failure.fix))
    }
    if !decision.isPause, !decision.endsIt, isHeld(script) { return hold(.decide(script, decision)) }
    traffic.isConfirmed = false
    switch decision {
    case .wave(let hosts, let parallel, let upto):
      if readsTraffic(beforeWaveOf: hosts) { return readTraffic(.wave(decision), for: script) }
      if let refusal = slotRefusal(of: hosts) { return refuse(script, refusal) }
      tree[script].waiting = .decision
      beginWave(hosts, parallel: parallel, upto: upto, for: script)
    case .restart(let hosts, let parallel):
      if let refusal = restartRefusal(of: hosts) { return refuse(script, refusal) }
      tree[script].waiting = .decision
      beginRestart(hosts, parallel: parallel, for: script)
    case .wait(let interval): tree.sleep(script, interval, &outbox)
    case .gate(let gate): open(gate, for: script)
    case .shift(let weights): shift(script, to: weights)
    case .stop(let reason): stop(script, reason)
    case .rollback(let reason): carryOut(tree.cut(script, ScriptError(Failure(.failed, reason)), &outbox))
    }
  }

  /// Refuses a request. A strategy that endlessly repeats refused requests is aborted, because it would run forever without waiting for
  /// anything.
  mutating func refuse(_ script: ScriptID, _ failure: Failure) {
    tree[script].refused += 1
    guard tree[script].refused <= Self.refusals else { return carryOut(tree.abort(script, failure, &outbox)) }
    tree.answer(script, .refused(failure), &outbox)
  }
  private static let refusals = 100

  private mutating func ended(_ owner: ScriptTree.Owner, _ result: ScriptResult) {
    switch owner {
    case .hook(let host):
      var error = result.error
      if error != nil, error?.host == nil { error?.host = plan.hosts[host].host.name }
      stepEnded(host, error)
    case .condition: phase == .settling ? settle() : conditionEnded(result)
    case .stage: if !endMarks(result.error) { stageEnded(result.error) }
    case .strategy: phase == .settling ? settle() : strategyEnded(result)
    case .notice: noticeEnded(result)
    case .check(let slot): checked(slot, result)
    case .traffic: trafficEnded(result)
    case .child: break
    }
  }
}

extension Decision {
  /// Whether the decision only lets time pass.
  fileprivate var isPause: Bool { if case .wait = self { true } else { false } }

  /// Whether the decision makes the deployment fail, so that hosts go back.
  fileprivate var endsIt: Bool { if case .rollback = self { true } else { false } }
}
