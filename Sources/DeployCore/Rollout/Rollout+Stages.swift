import DeployModel

/// Runs the stages of a deployment, one after the other.
extension Rollout {
  /// Begins the stage with this index, or ends the deployment after the last stage.
  mutating func beginStage(_ index: Int) {
    isStageHeld = isPaused
    if index < plan.flow.stages.count || isStageHeld { phase = .stage(index) }
    guard !isStageHeld else { return }
    guard index < plan.flow.stages.count else { return finish() }
    let stage = plan.flow.stages[index]
    guard plan.isDue(stage) else { return beginStage(index + 1) }
    traffic.isConfirmed = false
    note(.stageBegan(name: stage.name))
    stageName = stage.name
    switch stage {
    case .upload:
      // Nothing is sent in an outline, and later stages find the release.
      if isOutline { for number in staged.indices where statuses[number] == .pending { staged[number] = true } }
      uploading = Uploading(
        plan.hosts.indices.filter { number in
          let host = plan.hosts[number]
          // Slots get the release in their own turn, because only the traffic's weights show which slots need it.
          let isAsked = host.host.slot != nil && plan.adapter != nil
          return !isOutline && statuses[number] == .pending && host.stages && host.target != nil && !isAsked
        })
      upload()
    case .rollout(let strategy?):
      startRoot(
        Body(recipe: 0, function: strategy.function), on: .rollout(options: strategy.options), owner: .strategy, site: site(of: stage))
    case .rollout(nil): beginOwnWave()
    case .script(_, _, _, let when?, _, _):
      startRoot(Body(recipe: 0, function: when), on: .deployment, owner: .condition, site: site(of: stage))
    case .script: runStage()
    }
  }

  /// Begins the next wave of a rollout without a strategy. There is only one wave, with all hosts. For `--missing`, the first wave has one
  /// host, and each further wave makes the total number of changed hosts four times as large.
  mutating func beginOwnWave() {
    let isOrdered = plan.bounds.healthy != nil || plan.flow.rules?.keepsOrder == true
    let left = (isOrdered ? plan.order : Array(plan.hosts.indices)).filter { statuses[$0] == .pending }
    guard plan.flow.missing != nil else { return beginWave(left, parallel: nil) }
    let next = Array(left.prefix(taken == 0 ? 1 : taken.times(3)))
    taken += next.count
    beginWave(next, parallel: nil)
  }

  /// Whether hosts of a `--missing` deployment wait for a further wave.
  var owesOwnWave: Bool {
    guard plan.flow.missing != nil, failure == nil, case .stage(let index) = phase, case .rollout(nil) = plan.flow.stages[index] else {
      return false
    }
    return statuses.contains(.pending)
  }

  /// Handles the result of the current stage's condition.
  mutating func conditionEnded(_ result: ScriptResult) {
    guard case .stage(let index) = phase, case .script(let name, _, _, _, _, _) = plan.flow.stages[index] else { return settle() }
    switch result {
    case .raised(let error): stageEnded(error)
    case .returned(.null), .returned(.bool(false)):
      note(.remark("stage \"\(name)\" is left out: its condition says no"))
      stageEnded(nil)
    case .returned: runStage()
    }
  }

  mutating func stageEnded(_ error: ScriptError?) {
    guard case .stage(let index) = phase else { return settle() }
    if let error { return fail(error) }
    note(.stageEnded(name: plan.flow.stages[index].name, error: nil))
    // If the strategy stopped the rollout on purpose, no further stage begins.
    beginStage(stopped == nil ? index + 1 : plan.flow.stages.count)
  }

  /// Handles the end of a strategy. If the strategy ended while hosts were still unchanged or ready, the deployment fails.
  mutating func strategyEnded(_ result: ScriptResult) {
    if stopped != nil { return stageEnded(nil) }
    if case .raised(let error) = result { return stageEnded(error) }
    keepSlots()
    let old = statuses.indices.filter { statuses[$0] == .pending }
    let ready = lapse == .readyForgotten ? [] : statuses.indices.filter { if case .ready = statuses[$0] { true } else { false } }
    guard !old.isEmpty || !ready.isEmpty else { return stageEnded(nil) }
    var left: [String] = []
    if !old.isEmpty {
      let verb = old.count == 1 ? "host is" : "hosts are"
      left.append("\(old.count) \(verb) \(plan.kind.task == nil ? "still " : "")\(plan.kind.words.left) (\(names(of: old)))")
    }
    if !ready.isEmpty {
      left.append("\(ready.count) \(ready.count == 1 ? "host is" : "hosts are") ready and no later wave took them on (\(names(of: ready)))")
    }
    let fix =
      old.isEmpty
      ? "let a later wave take the ready hosts on, with rollout:wave(hosts) without upto"
      : "let the strategy's waves cover all of rollout.targets" + (plan.kind.task == nil ? "" : ", or end it with rollout:stop(reason)")
    stageEnded(ScriptError(Failure(.failed, "the strategy ended and \(left.joined(separator: ", and "))", fix: fix)))
  }

  private func names(of hosts: [Int]) -> String {
    hosts.prefix(3).map { plan.hosts[$0].host.name }.joined(separator: ", ") + (hosts.count > 3 ? ", …" : "")
  }

  private func site(of stage: Stage) -> Intent.Site { Intent.Site(stage: stage.name) }

  // MARK: upload

  mutating func upload() {
    while true {
      let mayBegin = failure == nil && admission.exhausted == nil
      if mayBegin, isPaused, uploading.isOpen { return }
      switch uploading.next(mayBegin: mayBegin) {
      case .send(let host):
        send(to: host)
      case .wait: return
      case .done:
        if failure != nil { return settle() }
        return stageEnded(admission.exhausted.map { firstCause(or: $0) })
      }
    }
  }

  private mutating func send(to host: Int) {
    guard let target = plan.hosts[host].target else { return }
    _ = outbox.perform(
      .host(host), .stage(target), for: .upload(host),
      site: Intent.Site(event: .downloadBundle, stage: "upload", release: target.id, previous: plan.hosts[host].current))
  }

  mutating func uploaded(_ host: Int, _ outcome: Outcome) {
    if let failure = outcome.failure, let target = plan.hosts[host].target, self.failure == nil, !cancelled,
      uploading.retries(host, upTo: plan.bounds.retries ?? 0, Retrying.helps(.stage(target), after: failure))
    {
      note(Retrying.remark(plan.hosts[host].host.name, .stage(target), failure))
      return send(to: host)
    }
    uploading.ended()
    if let failure = outcome.failure {
      let error = ScriptError(failure, host: plan.hosts[host].host.name)
      set(host, failure.kind == .unreachable ? .unknown(failure) : .untouched(error))
      admission.endedEarly(host, statuses[host])
    } else {
      staged[host] = true
    }
    upload()
  }

  /// Returns the failure of the first host that failed, or a failure that names the exceeded bound if no host failed.
  func firstCause(or bound: String) -> ScriptError {
    for status in statuses {
      switch status {
      case .restored(let error), .untouched(let error), .restoreFailed(let error, _, _), .failed(let error): return error
      default: continue
      }
    }
    for (number, status) in statuses.enumerated() {
      if case .unknown(let failure) = status { return ScriptError(failure, host: plan.hosts[number].host.name) }
    }
    return ScriptError(Failure(.failed, bound))
  }
}
