import DeployModel

/// What scripts ask, and what their ends mean.
extension Rollout {
  mutating func startRoot(_ body: Body, on subject: Subject, owner: ScriptTree.Owner, site: Intent.Site) {
    _ = tree.startRoot(body, on: subject, owner: owner, site: site, &outbox)
  }

  mutating func carryOut(_ move: ScriptTree.Move?) {
    switch move {
    case nil: break
    case .perform(let script, let place, let operation, let timeout): perform(script, place, operation, timeout)
    case .decide(let script, let decision): decide(script, decision)
    case .ended(let owner, let result): ended(owner, result)
    }
  }

  private mutating func perform(_ script: ScriptID, _ place: Place, _ operation: DeployModel.Operation, _ timeout: Interval?) {
    var site = tree[script].site
    if case .host(let number) = place {
      if let refusal = refusal(of: number) { return tree.answer(script, .outcome(Outcome(failure: refusal)), &outbox) }
      if site.event == nil {
        site.release = plan.hosts[number].target?.id
        site.previous = plan.hosts[number].current
      }
    }
    tree[script].waiting = .intent(outbox.perform(place, operation, for: .script(script), site: site, timeout: timeout))
  }

  /// Why nothing is asked of a host; nil: it is.
  private func refusal(of host: Int) -> Failure? {
    guard plan.hosts.indices.contains(host) else { return Failure(.invalid, "there is no host number \(host) in this deployment") }
    switch statuses[host] {
    case .leftOut(let failure), .unknown(let failure): return failure
    default: return nil
    }
  }

  private mutating func decide(_ script: ScriptID, _ decision: Decision) {
    guard tree[script].owner == .strategy, wave == nil else {
      return tree.answer(
        script, .outcome(.failed(.invalid, "only a strategy's own function may decide, one decision at a time")), &outbox)
    }
    switch decision {
    case .wave(let hosts, let parallel, let upto):
      tree[script].waiting = .decision
      beginWave(hosts, parallel: parallel, upto: upto, for: script)
    case .wait(let interval): tree.sleep(script, interval, &outbox)
    case .rollback(let reason): carryOut(tree.cut(script, ScriptError(Failure(.failed, reason)), &outbox))
    }
  }

  private mutating func ended(_ owner: ScriptTree.Owner, _ result: ScriptResult) {
    switch owner {
    case .hook(let host):
      var error = result.error
      if error != nil, error?.host == nil { error?.host = plan.hosts[host].host.name }
      stepEnded(host, error)
    case .condition: phase == .settling ? settle() : conditionEnded(result)
    case .stage: stageEnded(result.error)
    case .strategy: phase == .settling ? settle() : strategyEnded(result)
    case .notice: noticeEnded(result)
    case .child: break
    }
  }
}
