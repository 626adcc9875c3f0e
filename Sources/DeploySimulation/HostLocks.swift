import DeployCore
import DeployModel

/// The lock and the fence of a host. The lock has one owner at a time. The host refuses requests from an earlier owner once a newer owner
/// has taken the lock.
extension SimulatedHost {
  /// Takes or renews the lock, and raises the fence. Returns nil if this succeeded, or the refusal if another deployment holds the lock or
  /// the plan is out of date.
  mutating func take(_ request: LockRequest, for site: HostSite, at now: Timestamp) -> Outcome? {
    if defect != .fenceIgnored {
      if let refusal = heldByAnother(request, for: site, at: now) ?? outOfTurn(request, at: now) ?? overtaken(request) { return refusal }
      if let refusal = refusal(ofFence: request.fence, token: request.token, verb: "lock") { return refusal }
    }
    let since = lock?.lock.token == request.token ? lock?.lock.since ?? now : now
    let lease = Interval(milliseconds: Swift.max(3, request.lease.milliseconds / 1000) * 1000)
    lock = HeldLock(
      lock: Lock(
        deployment: site.deployment, token: request.token, owner: Lock.word(request.owner), purpose: Lock.word(request.purpose),
        since: since,
        fence: request.fence, leaseLeft: lease.milliseconds / 1000, application: Lock.word(site.application), group: Lock.word(site.group)),
      lease: lease, renewed: now)
    raise(request.fence, request.token)
    if let sequence = request.sequence { latest = Latest(sequence: sequence, deployment: site.deployment, owner: Lock.word(request.owner)) }
    if let ticket = request.ticket { leaveLine(ticket) }
    if let good = request.good { prove(good) }
    guard defect != .fenceIgnored, let refusal = outdated(request, for: site) else { return nil }
    lock = nil
    return refusal
  }

  /// Waits for commands that owners of lower fences left running, or ends them. Returns the time until which they delay the lock.
  mutating func endOrphans(of site: HostSite, _ request: LockRequest, at now: Timestamp) -> Timestamp {
    var until = now
    for job in jobs.running where jobs[job].token != request.token {
      if request.orphans == .kill || !jobs[job].intent.operation.isCommand {
        _ = cancel(jobs[job].intent.id, of: jobs[job].deployment)
      } else {
        until = max(until, jobs[job].ends + Interval(milliseconds: 1))
      }
    }
    return defect == .fenceIgnored ? now : until
  }

  /// Releases the lock if the token belongs to the holder. The lock of another holder stays. If `good` names a deployment, that
  /// deployment's release is good from now on.
  mutating func release(token: String, good: Deployment.ID?, left: FailedRestore?) -> Outcome {
    guard let held = lock else {
      // A person has removed the lock in the meantime. The records are written anyway, unless a newer deployment has had the lock.
      if fence.token == token { end(good, left) }
      return .done()
    }
    guard held.lock.token == token else {
      return .failed(.locked, "the lock is held by deployment \(held.lock.deployment) of \(held.lock.owner) and was left alone")
    }
    end(good, left)
    lock = nil
    return .done()
  }

  /// Records what a deployment leaves on the host when it releases its lock.
  private mutating func end(_ good: Deployment.ID?, _ left: FailedRestore?) {
    if let good { prove(good) }
    if let left { failedRestore = left.replacing(failedRestore) }
  }

  /// Removes the lock of a request that was refused after all.
  mutating func dropLock(of operation: DeployModel.Operation) {
    if case .lock(let request) = operation, lock?.lock.token == request.token { lock = nil }
  }

  /// Returns the refusal for an owner that a newer owner has replaced, or for another owner with the same fence. Returns nil if the request
  /// is allowed. A person's request has the fence -1.
  func refusal(ofFence number: Int, token: String, verb: String) -> Outcome? {
    guard number >= 0, number < fence.number || (number == fence.number && !fence.token.isEmpty && token != fence.token) else { return nil }
    let holder = lock.map { ", \($0.lock.owner) (\($0.lock.purpose))" } ?? ""
    return Outcome(
      failure: Failure(
        .fenced, "\(name) refused \(verb): its fence is \(fence.number)\(holder), the request's is \(number)",
        fix: "another deployment took over: `lander status`"))
  }

  /// Records a fence that is higher than all earlier ones.
  mutating func raise(_ number: Int, _ token: String) {
    guard number > fence.number || (number == fence.number && fence.token.isEmpty) else { return }
    fence = Fence(number: number, token: token)
  }

  private mutating func prove(_ deployment: Deployment.ID) {
    guard receipt?.deployment == deployment, receipt?.trial == true else { return }
    receipt?.trial = nil
    before = nil
    trim()
  }

  private func heldByAnother(_ request: LockRequest, for site: HostSite, at now: Timestamp) -> Outcome? {
    guard let held = lock, held.lock.token != request.token, held.lock.token != request.inherits else { return nil }
    let isForeign = held.lock.isForeign(to: site.application)
    guard held.left(at: now) > 0 || (isForeign && receipt == nil) else { return nil }
    var found = held.lock
    found.leaseLeft = held.left(at: now)
    if isForeign {
      return Outcome(
        failure: Failure(
          .invalid, "\(site.path) is locked by application \"\(found.application ?? "")\" (\(found.purpose))",
          fix: "give this recipe a path of its own"), value: found.value)
    }
    return Outcome(
      failure: Failure(
        .locked, "\(name) is locked by \(found.owner) since \(found.since.milliseconds) (\(found.purpose))",
        fix: "wait for it, or `lander unlock` when its engine is gone"), value: found.value)
  }

  /// Returns the refusal of a request whose plan was made before another deployment had the lock, or nil if there is none.
  private func overtaken(_ request: LockRequest) -> Outcome? {
    guard let seen = request.seen, seen != fence.number, fence.token != request.token, lock?.lock.token != request.token else { return nil }
    return .failed(.fenced, "the fence was \(seen) when the plan was made, and is \(fence.number) now", fix: "plan again")
  }

  private func outdated(_ request: LockRequest, for site: HostSite) -> Outcome? {
    if site.isPartner { return nil }
    if let receipt, !isOwn(receipt, site.application) {
      return .failed(
        .invalid, "\(site.path) belongs to application \"\(receipt.application)\" since deployment \(receipt.deployment)",
        fix: "give this recipe a path of its own")
    }
    guard receipt?.deployment != request.expects else { return nil }
    return .failed(
      .invalid,
      "changed since the plan was made: it was \(request.expects?.rawValue ?? "untouched"), and is "
        + "\(receipt?.deployment.rawValue ?? "untouched") now",
      fix: "plan again: `lander deploy`")
  }
}
