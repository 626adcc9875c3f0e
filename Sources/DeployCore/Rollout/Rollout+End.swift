import DeployModel

/// The end of a deployment, after it has failed, was cancelled or has done everything.
extension Rollout {
  /// Fails the deployment. Nothing new starts, and hosts that are being changed complete their part first.
  mutating func fail(_ error: ScriptError) {
    if failure == nil { failure = error }
    if case .stage(let index) = phase, !isStageHeld { note(.stageEnded(name: plan.flow.stages[index].name, error: error)) }
    isStageHeld = false
    phase = .settling
    endPause()
    for script in tree.roots {
      switch tree[script].owner {
      case .strategy, .stage, .condition, .traffic:
        tree.cancel(script, Failure(.cancelled, "the deployment has failed: \(error.failure.message)"), &outbox)
      default: break
      }
    }
    held = []
    // A pause or a freeze might have delayed a wave while nothing was under way.
    if isHeldByFreeze { dropGate(error.failure.message) }
    if let wave, wave.running == 0 { admit() }
    dropGate(error.failure.message)
    giveUpReadyHosts()
  }

  /// Ends a failed deployment when nothing is under way any more.
  mutating func settle() {
    guard phase == .settling, tree.activeRoots == 0, uploading.running == 0, admission.inFlight == 0, marking.waiting == 0 else { return }
    if owesTraffic { return restoreTraffic() }
    if ready.isEmpty { finish() }
  }

  mutating func finish() {
    if failure == nil, stopped == nil, !hasReachedEnough { failure = firstCause(or: "no host succeeded") }
    if failure != nil, owesTraffic { return restoreTraffic() }
    if mustConfirmTraffic { return confirmTraffic(attempt: 1) }
    notify(0)
  }

  /// Whether enough hosts have succeeded. As in CodeDeploy, at least one host must succeed, no matter how large the budget is. In a
  /// rollback after a failure, every host must succeed. Such a rollback has a budget only so that it tries all hosts.
  private var hasReachedEnough: Bool {
    if case .rollback(of: .some) = plan.kind { return statuses.allSatisfy(\.isWhereItShouldBe) }
    return statuses.contains { $0 == .succeeded || $0 == .unchanged }
  }

  /// The functions that run after the deployment. A rollout that was stopped on purpose has neither succeeded nor failed, so no function
  /// runs after it.
  private var notices: [Body] { failure != nil ? plan.flow.onFailure : stopped == nil ? plan.flow.onSuccess : [] }

  mutating func notify(_ index: Int) {
    guard index < notices.count else {
      if let noticeTimer { outbox.forget(timer: noticeTimer) }
      return prune()
    }
    if index == 0, plan.flow.boundsNotices { noticeTimer = outbox.ring(.notices, after: Deadlines.notices) }
    phase = .notifying(index)
    startRoot(
      notices[index], on: failure.map { .failure($0) } ?? .deployment, owner: .notice,
      site: Intent.Site(stage: noticeName))
  }

  mutating func noticeEnded(_ result: ScriptResult) {
    guard case .notifying(let index) = phase else { return }
    if case .raised(let error) = result {
      note(.remark("\(noticeName) failed: \(error.failure.message)"))
    }
    notify(areNoticesOver ? notices.count : index + 1)
  }

  /// A clause that says what happens to the hosts after the rollout has ended.
  var whatFollows: String {
    let changed = statuses.count { $0 == .succeeded }
    guard failure != nil, plan.kind == .deploy, changed > 0 || phase == .shiftingBack else { return "every host has come to its end" }
    let traffic = phase == .shiftingBack ? "its traffic is put back" : nil
    let hosts: String? =
      changed == 0
      ? nil
      : goesBack
        ? "\(changed == 1 ? "the host that was changed goes" : "the \(changed) hosts that were changed go") back next"
        : "hosts stay as they are, because \(whyNothingGoesBack)"
    return "the deployment has failed already: " + [traffic, hosts].compactMap { $0 }.joined(separator: ", and ")
  }

  var whyNothingGoesBack: String { pastReturn.map { "stage \"\($0)\" cannot be undone" } ?? "rollback is off" }

  /// The recipe's name for the functions that run after the deployment.
  var noticeName: String { failure == nil ? "on_success" : "on_failure" }

  /// Ends the function that runs after the deployment, and starts no further function. Hosts are not affected, because each has completed
  /// its part.
  mutating func endNotices(_ reason: Failure) {
    guard case .notifying = phase, !areNoticesOver else { return }
    areNoticesOver = true
    for script in tree.roots where tree[script].owner == .notice { tree.cancel(script, reason, &outbox) }
  }

  /// Removes old releases after every host has succeeded. Until that point, each host might have to go back to what it ran before (P7 in
  /// docs/promises.md).
  private mutating func prune() {
    if let why = undoPlan.why {
      note(.remark("\(undoPlan.stays.map { "stage \"\($0)\"" }.joined(separator: ", ")): not undone, because \(why)"))
    }
    guard failure == nil, stopped == nil, plan.flow.prunesLast == true, !isOutline, lapse != .prunedEarly else { return unlock(conclusion) }
    phase = .pruning(0)
    for host in statuses.indices where statuses[host] == .succeeded { prune(host) }
    for host in slotsThatTookOver { record(host) }
    if phase == .pruning(0) { unlock(conclusion) }
  }

  mutating func prune(_ host: Int) {
    guard let operation = HostProgram.prune(host, in: plan) else { return }
    if case .pruning(let running) = phase { phase = .pruning(running + 1) }
    _ = outbox.perform(.host(host), operation, for: .prune(host), site: HostProgram.site(of: host, in: plan))
  }

  /// Writes a good receipt on a slot that kept its release and got the traffic in this deployment, because the group now runs that slot's
  /// release.
  private mutating func record(_ host: Int) {
    guard var receipt = HostProgram.receipt(for: host, in: plan) else { return }
    receipt.trial = nil
    if case .pruning(let running) = phase { phase = .pruning(running + 1) }
    _ = outbox.perform(.host(host), .record(receipt), for: .prune(host), site: HostProgram.site(of: host, in: plan))
  }

  mutating func pruned(_ host: Int, _ outcome: Outcome) {
    if let failure = outcome.failure {
      let step = statuses[host] == .succeeded ? "prune" : "record"
      note(.remark("\(plan.hosts[host].host.name): the step \(step) failed: \(failure.message); the deployment continues without it"))
    }
    guard case .pruning(let running) = phase else { return }
    phase = .pruning(running - 1)
    if running == 1 { unlock(conclusion) }
  }

  private var conclusion: Conclusion {
    guard let failure else { return Conclusion(status: stopped == nil ? .succeeded : .partial, hosts: statuses) }
    let back =
      goesBack && plan.kind == .deploy ? statuses.indices.filter { statuses[$0] == .succeeded && !mayHaveStrayTraffic($0) } : []
    // Only a cancellation by a person makes the conclusion *cancelled*. A hook that was ended because another hook failed has a failure of
    // the kind `cancelled` too.
    let isWish = cancelled && failure.failure.kind == .cancelled
    var end = Conclusion(
      status: isWish ? .cancelled : .failed, error: failure, rollback: back, hosts: statuses, traffic: traffic.stray)
    if plan.flow.rollback { end.irreversible = pastReturn }
    let undo = undoPlan.undo
    end.undo = undo.isEmpty ? nil : undo
    end.notUndone = notUndone.isEmpty ? nil : notUndone
    return end
  }

  /// Whether hosts are rolled back if something fails: the plan allows this, and no irreversible stage has begun.
  var goesBack: Bool { plan.flow.rollback && (pastReturn == nil || lapse == .returnsAnyway) }

  /// Cancels the deployment.
  mutating func cancel(_ reason: String) {
    let error = ScriptError(Failure(.cancelled, reason))
    if case .notifying = phase {
      note(.remark("\(whatFollows): \(noticeName) is ended\(failure == nil ? ", and nothing else changes" : "")"))
      return endNotices(error.failure)
    }
    guard !cancelled else { return }
    cancelled = true
    switch phase {
    case .planned: conclude(Conclusion(status: .cancelled, error: error, hosts: statuses))
    case .stage:
      interruptHosts(error.failure)
      outbox.cancel { if case .upload = $0 { true } else { false } }
      fail(error)
    case .settling: interruptHosts(error.failure)
    // The wait for a lock or for running jobs ends, and the deployment releases the locks that it holds.
    case .locking: outbox.cancel { if case .lock = $0 { true } else { false } }
    case .shiftingBack, .notifying, .pruning, .unlocking, .concluded: break
    }
  }
}
