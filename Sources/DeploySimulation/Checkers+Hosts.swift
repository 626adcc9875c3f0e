import DeployCore
import DeployModel

/// Checks what must always hold for each host: the host has one owner (P1) and a complete release (P3), it can be rolled back (P7), and
/// what a deployment says about it is true (P8).
extension Checkers {
  /// P1: whoever changes a host holds its lock with the highest fence so far, and no job of another owner runs on the host at the same
  /// time.
  mutating func owner(_ host: Int, _ now: SimulatedHost, _ change: HostChange) {
    check(
      now.lock?.lock.token == change.token, "P1", host: host,
      "\(change.deployment) changed \(change.kind) (intent \(change.intent)) while "
        + "\(now.lock?.lock.deployment.rawValue ?? "nobody") held the lock"
    )
    check(
      now.lock?.parked == nil, "P1", host: host,
      "\(change.deployment) changed \(change.kind) (intent \(change.intent)) though the host keeps it parked")
    let highest = fences[host]
    check(
      change.fence >= highest, "P1", host: host,
      "\(change.deployment) changed \(change.kind) under fence \(change.fence) after fence \(highest)")
    fences[host] = max(fences[host], change.fence)
    for index in now.jobs.running where now.jobs[index].token != change.token {
      let job = now.jobs[index]
      check(
        !job.intent.operation.isCommand || job.deployment == change.deployment, "P1", host: host,
        "a command of \(job.deployment) still ran while \(change.deployment) changed \(change.kind)")
    }
  }

  /// P3: `current` names a complete, verified release, or is removed because the host returns to its state before the first deployment. P7:
  /// the release that was current at the start of a deployment stays until its end.
  mutating func currency(_ host: Int, _ now: SimulatedHost, _ change: HostChange) {
    if let current = now.current {
      check(now.has(current), "P3", host: host, "current names \(current), which is not complete and verified")
    } else if change.kind == .current {
      let asked = now.jobs.index(of: change.intent, in: change.deployment).map { now.jobs[$0].intent.operation }
      let takesOff = if case .remove? = asked { true } else { false }
      let isMeant = takesOff || asked == .activate(nil) || asked == now.foreign.map { .relink($0) }
      check(isMeant, "P3", host: host, "current was taken away by intent \(change.intent)")
    }
    // Watches are accessed by index, because a copy of one copies its plan.
    for index in watches.indices where !watches[index].concluded && watches[index].plan.kind.removal == nil {
      guard let number = watches[index].numbers[host], let current = watches[index].current[number] else { continue }
      let deployment = watches[index].plan.id
      check(now.has(current), "P7", host: host, "\(current), which \(deployment) goes back to, was removed")
    }
  }

  /// P7: a host that is rolled back gets a good release, if it has one.
  mutating func wayBack(_ engine: Int, _ number: Int, _ now: SimulatedHost) {
    let plan = watches[engine].plan
    guard let current = now.current, plan.kind.leadsToRelease, plan.kind != .deploy || plan.hosts[number].target?.id != current else {
      return
    }
    let holds = good.contains(current) || !good.contains { $0 != plan.content.release?.id && now.has($0) }
    let host = watches[engine].fleet[number]
    check(
      holds, "P7", host: host,
      "\(plan.id) took it back to \(current), and no deployment of that ever succeeded")
  }

  /// P7: after a rollback of a group, all hosts of the group run one release.
  mutating func whole(_ engine: Int, _ conclusion: Conclusion, hosts: [SimulatedHost]) {
    var releases: [Release.ID] = []
    for (number, status) in conclusion.hosts.enumerated() where status == .succeeded || status == .unchanged {
      guard let current = hosts[watches[engine].fleet[number]].current, !releases.contains(current) else { continue }
      releases.append(current)
    }
    let id = watches[engine].plan.id
    check(releases.count < 2, "P7", "\(id) has split the group: it runs \(releases.joined(separator: " and "))")
  }

  /// P8: what a deployment says about each host when the deployment ends is true.
  mutating func truth(_ engine: Int, _ conclusion: Conclusion, hosts: [SimulatedHost]) {
    let watch = watches[engine]
    guard conclusion.status != .refused else { return }
    check(
      conclusion.hosts.count == watch.plan.hosts.count, "P8",
      "\(conclusion.hosts.count) hosts of \(watch.plan.hosts.count) are accounted for")
    let overtaken = conclusion.error?.failure.kind == .fenced
    if !overtaken { inService(engine, conclusion) }
    for (number, status) in conclusion.hosts.enumerated() where !overtaken {
      let place = watch.fleet[number]
      let host = hosts[place]
      switch status {
      case .succeeded:
        check(
          host.current == watch.plan.hosts[number].target?.id, "P8", host: place,
          "it is called succeeded and runs \(host.current?.rawValue ?? "nothing")")
        check(
          watch.plan.hosts[number].target == nil || watch.plan.kind.task != nil || host.receipt?.deployment == watch.plan.id, "P8",
          host: place,
          "it is called succeeded and its receipt is of \(host.receipt?.deployment.rawValue ?? "nothing")")
        check(!isDamaged(host), "P8", host: place, "it is called succeeded and its release is damaged")
        let isOff = host.current == nil && host.releases.isEmpty && host.receipt == nil
        check(watch.plan.kind.removal == nil || isOff, "P8", host: place, "it is called succeeded and has something of the application")
      case .restored, .untouched:
        let back = watch.plan.hosts[number].back?.release.id
        check(
          host.current == watch.current[number] || back != nil && host.current == back, "P8", host: place,
          "it is called restored and runs \(host.current?.rawValue ?? "nothing")")
        check(
          host.foreign == watch.foreign[number], "P8", host: place,
          "it is called restored and its own link \(watch.foreign[number] ?? "") is \(host.foreign ?? "gone")")
      case .unchanged:
        check(!isDamaged(host), "P8", host: place, "it is called unchanged and its release is damaged")
        check(host.receipt?.release.id == host.current, "P8", host: place, "it is called unchanged and its receipt is another's")
      case .changing, .ready, .restoring: check(false, "P8", host: place, "it is still \(status) at the end")
      case .pending: check(conclusion.status != .succeeded, "P8", host: place, "it was never changed in a deployment that succeeded")
      default: break
      }
    }
    guard conclusion.status == .succeeded else { return }
    if case .rollback(of: .some) = watch.plan.kind {
      let left = conclusion.hosts.count { !$0.isWhereItShouldBe }
      check(left == 0, "P8", "it is called gone back and \(left) of its hosts are not")
    }
    let bounds = watch.plan.bounds
    check(watch.failed <= bounds.failed, "P5", "it succeeded with \(watch.failed) failed hosts, the budget being \(bounds.failed)")
    check(
      watch.unreachable <= bounds.unreachable, "P5",
      "it succeeded with \(watch.unreachable) unreachable hosts, the budget being \(bounds.unreachable)")
  }

  private func isDamaged(_ host: SimulatedHost) -> Bool { host.current.map { host.damaged.contains($0) } ?? false }
}
