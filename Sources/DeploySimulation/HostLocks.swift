import DeployCore
import DeployModel

/// The lock and the fence of a host: one owner at a time, and nothing any more from an owner that was overtaken.
extension SimulatedHost {
  /// Takes or renews the lock and raises the fence; the refusal where somebody else holds it, or the plan is out of date.
  mutating func take(_ request: LockRequest, for site: HostSite, at now: Timestamp) -> Outcome? {
    if defect != .fenceIgnored, let refusal = refusal(of: request, at: now) { return refusal }
    let since = lock?.lock.token == request.token ? lock?.lock.since ?? now : now
    lock = HeldLock(
      lock: Lock(
        deployment: site.deployment, token: request.token, owner: request.owner, purpose: request.purpose, since: since,
        fence: request.fence, leaseLeft: request.lease.milliseconds / 1000, application: site.application, group: site.group),
      lease: request.lease, renewed: now)
    fence = Fence(number: max(fence.number, request.fence), token: request.token)
    if let good = request.good { prove(good) }
    return nil
  }

  /// Waits for, or ends, the commands that owners of lower fences left running: until when the taking of the lock lasts.
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

  /// Gives the lock up, where the token is the holder's; what that deployment left is good from now on.
  mutating func release(token: String, good: Deployment.ID?, left: FailedRestore?) {
    guard lock?.lock.token == token else { return }
    if let good { prove(good) }
    if let left { failedRestore = left.isOver ? nil : left }
    lock = nil
  }

  private mutating func prove(_ deployment: Deployment.ID) {
    guard receipt?.deployment == deployment, receipt?.trial == true else { return }
    receipt?.trial = nil
    before = nil
  }

  private func refusal(of request: LockRequest, at now: Timestamp) -> Outcome? {
    if let held = lock, held.lock.token != request.token, held.lock.token != request.inherits, !held.isDead(at: now) {
      return Outcome(
        failure: Failure(
          .locked, "\(name) is locked by \(held.lock.owner) since \(held.lock.since.milliseconds) (\(held.lock.purpose))",
          fix: "wait for it, or `lander unlock` when its engine is gone"),
        value: held.lock.value)
    }
    if request.fence < fence.number || (request.fence == fence.number && request.token != fence.token) {
      return Outcome(
        failure: Failure(
          .fenced, "\(name) has seen fence \(fence.number), the request's is \(request.fence)", fix: "plan again: `lander deploy`"))
    }
    guard receipt?.deployment == request.expects else {
      return Outcome(
        failure: Failure(
          .invalid,
          "changed since the plan was made: it was \(request.expects ?? "untouched"), and is \(receipt?.deployment ?? "untouched") now",
          fix: "plan again: `lander deploy`"))
    }
    return nil
  }
}
