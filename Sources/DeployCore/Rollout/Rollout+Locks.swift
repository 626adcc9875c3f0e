import DeployModel

/// The locks. They are acquired before anything is changed, and released at the end.
extension Rollout {
  mutating func lock() {
    guard !isOutline else { return beginStage(0) }
    phase = .locking
    if let register = plan.register, let failure = register.register?.missing { noteMissing(register, failure) }
    carryOut(locking.next())
  }

  /// The numbers of the hosts whose locks the deployment holds and is not releasing.
  var lockedHosts: [Int] {
    switch phase {
    case .unlocking, .concluded: []
    default: locking.held
    }
  }

  private mutating func carryOut(_ move: Locking.Move) {
    switch move {
    case .wait: break
    case .ask(let hosts): for host in hosts { askForLock(of: host) }
    case .giveUp(let problem, let holder):
      unlock(Conclusion(status: cancelled ? .cancelled : .refused, error: ScriptError(problem), holder: holder, hosts: statuses))
    case .held:
      // If no host has to change, the locks were only needed to mark the hosts' receipts as good.
      guard plan.changesHosts || plan.hasDueStages else { return unlock(Conclusion(status: .succeeded, hosts: statuses)) }
      beginStage(0)
    }
  }

  private mutating func askForLock(of host: Int) {
    if let partner = plan.partner(host) { return askForLock(of: partner) }
    var request = plan.lock
    // Only the first host's queue counts. A deployment that waits in another host's queue must not delay this one.
    if host != locking.first { request.ticket = Ticket.none }
    request.expects = plan.hosts[host].previous?.deployment
    request.inherits = plan.hosts[host].inherits ?? request.inherits
    if plan.flow.trial == true, let known = plan.hosts[host].previous, known.trial != true { request.good = known.deployment }
    _ = outbox.perform(.host(host), .lock(request), for: .lock(host), site: Intent.Site())
  }

  /// Asks a partner for its lock. A partner has no receipt. The fence shows whether the plan is out of date for the register.
  private mutating func askForLock(of partner: Partner) {
    var request = plan.lock
    (request.ticket, request.sequence) = (Ticket.none, nil)
    request.inherits = partner.inherits ?? request.inherits
    request.seen = partner.register?.fence
    _ = outbox.perform(.host(partner.host.number), .lock(request), for: .lock(partner.host.number), site: Intent.Site())
  }

  mutating func locked(_ host: Int, _ outcome: Outcome) {
    let name = plan.name(ofHost: host)
    switch outcome.failure {
    case nil: locking.took(host)
    case let failure? where failure.kind == .unreachable && plan.partner(host) == nil && statuses[host] == .pending:
      admission.endedEarly(host, .leftOut(failure))
      set(host, .leftOut(failure))
      locking.leftOut()
      if let exhausted = admission.exhausted {
        locking.object(Failure(.unreachable, "\(name): \(failure.message); \(exhausted)", fix: failure.fix))
      }
    // A host that this deployment does not change must not stand in its way if something is wrong with it.
    case let failure? where plan.partner(host).map { $0.isOnlyRegister && !$0.isOvertaken(failure) } == true:
      if let register = plan.partner(host) { noteMissing(register, failure) }
      locking.leftOut()
    case let failure? where failure.kind == .fenced && plan.partner(host)?.isOvertaken(failure) == true:
      let message =
        "\(name): another part of the group was deployed or rolled back since the plan was made, so what the group remembers "
        + "of its stages may have changed"
      locking.refused(Failure(.fenced, message, fix: "plan again: lander \(plan.kind.isRollback ? "rollback" : "deploy") \(typed)"))
    case let failure?:
      let holder = failure.kind == .locked ? Lock(outcome.value) : nil
      locking.refused(Failure(failure.kind, "\(name): \(failure.message)", fix: wayIn(failure, holder)), holder: holder)
    }
    carryOut(locking.next(isCancelled: cancelled))
  }

  private mutating func noteMissing(_ register: Partner, _ failure: Failure) {
    note(.remark("Register of the group: \(register.withoutRegister(failure))"))
  }

  /// Returns what a person can do about a refused lock, or nil if that is unknown. Rollbacks, removals and joins do not wait in a queue.
  private func wayIn(_ failure: Failure, _ holder: Lock?) -> String? {
    guard failure.kind == .locked, plan.kind.isRollback || plan.kind.removal != nil || plan.flow.joins != nil && plan.flow.missing == nil
    else {
      return failure.fix
    }
    guard let holder else { return "try again when the deployments in the queue have had their turn: lander status lists them" }
    return holder.isForeign(to: plan.subject.application)
      ? failure.fix
      : "try again when deployment \(holder.deployment) has ended, or end it: lander cancel \(holder.deployment); if its engine is gone, "
        + "the lock is free in \(holder.leaseLeft) s"
  }

  /// Releases the locks that are held. Hosts that have to go back stay locked, because the rollback takes over their locks.
  mutating func unlock(_ conclusion: Conclusion) {
    guard !isOutline else { return conclude(conclusion) }
    phase = .unlocking(conclusion)
    let staying = conclusion.wayBackHosts
    for host in locking.held where !staying.contains(host) {
      // The rollback does not wait until an unreachable host has released its lock.
      let isPartner = plan.partner(host) != nil
      // The rollback that follows uses the partners too, and takes over their locks.
      if isPartner, conclusion.owesWayBack { continue }
      let isAwaited = isPartner || !conclusion.owesWayBack || !statuses[host].isUnknown
      if isAwaited {
        locking.givesBack()
      } else {
        note(.remark("\(plan.hosts[host].host.name) is unreachable and stays locked until its lease ends"))
      }
      _ = outbox.perform(
        .host(host),
        .unlock(
          token: plan.lock.token, good: isPartner ? nil : proved(host, conclusion), left: isPartner ? nil : failedRestore(host)),
        for: isAwaited ? .unlock(host) : .nobody, site: Intent.Site())
    }
    if locking.isDone { conclude(conclusion) }
  }

  /// Returns the deployment whose receipt on this host is marked as good, or nil if there is none. A deployment that succeeds marks its own
  /// receipts as good. It also marks the earlier receipts of hosts that were already up to date.
  private func proved(_ host: Int, _ conclusion: Conclusion) -> Deployment.ID? {
    guard plan.flow.trial == true, plan.kind == .deploy, conclusion.status == .succeeded else { return nil }
    switch statuses[host] {
    case .succeeded: return plan.id
    case .unchanged: return plan.hosts[host].previous.flatMap { $0.trial == true ? $0.deployment : nil }
    default: return nil
    }
  }

  /// Returns what the host has to record: its failed restore, or that an earlier failed restore has been resolved. Returns nil if it has to
  /// record nothing.
  private func failedRestore(_ host: Int) -> FailedRestore? {
    switch statuses[host] {
    case .restoreFailed(_, let restoring, let commands):
      return FailedRestore(deployment: plan.id, message: restoring.failure.message, commands: commands)
    // What is left of a removed application can look like a running application.
    case .failed(let error) where plan.kind.isRollback || plan.kind.removal != nil:
      return FailedRestore(deployment: plan.id, message: error.failure.message, commands: [])
    case .unknown: return nil
    case let status where plan.kind.task != nil: return forgotten(after: status)
    // A host that the failed deployment restored immediately, but that stayed locked until the stages were undone.
    case .unchanged where isWayBack && plan.hosts[host].goal != nil: return FailedRestore(deployment: plan.id, message: "", commands: [])
    case .restored: return FailedRestore(deployment: plan.id, message: "", commands: [])
    // Another slot of the machine has the release, so the state in which an earlier deployment left this slot no longer matters.
    case .kept where plan.flow.rules?.forgetsKept == true: return FailedRestore(deployment: plan.id, message: "", commands: [])
    default: return nil
    }
  }

  /// Returns which record of a failed restore the host deletes. If a task has started the application again, the host deletes the record of
  /// any deployment. Otherwise, the host deletes only the record of this task. Such a record exists if somebody unlocked the host and
  /// another engine then resumed the task.
  private func forgotten(after status: HostStatus) -> FailedRestore {
    let started: Bool =
      switch status {
      case .succeeded, .restored: plan.kind.task?.around == .restart
      default: false
      }
    return FailedRestore(deployment: plan.id, message: "", commands: [], isOwn: started ? nil : true)
  }

  mutating func unlocked(_ host: Int, _ outcome: Outcome) {
    if let failure = outcome.failure {
      note(.remark("\(plan.name(ofHost: host)): giving its lock back: \(failure.message); a lock that stays ends with its lease"))
    }
    locking.gaveBack()
    if locking.isDone, case .unlocking(let conclusion) = phase { conclude(conclusion) }
  }
}

extension Partner {
  /// Whether a failed request for the register's lock shows that another deployment has the lock now, or had it since the plan was made.
  fileprivate func isOvertaken(_ failure: Failure) -> Bool {
    failure.kind == .locked || failure.kind == .fenced && register?.fence != nil
  }
}

extension HostStatus {
  fileprivate var isUnknown: Bool { if case .unknown = self { true } else { false } }
}
