import DeployModel

/// Taking and giving back the hosts' locks: all of them or none.
struct Locks: Sendable, Hashable {
  /// Host numbers in the order of their names, which every engine shares.
  var order: [Int] = []
  var held: [Int] = []
  var waiting = 0
  var first = true
  var problem: Failure?
  var holder: Lock?
}

extension Rollout {
  /// The first host in the common order decides between two that want the same hosts; the others are asked at once after it.
  mutating func lock() {
    phase = .locking
    locks.order = plan.hosts.indices.filter { statuses[$0] == .pending || statuses[$0] == .unchanged }
      .sorted { (plan.hosts[$0].host.name, $0) < (plan.hosts[$1].host.name, $1) }
    ask(locks.order.prefix(1))
  }

  private mutating func ask(_ hosts: ArraySlice<Int>) {
    locks.waiting = hosts.count
    for host in hosts {
      var request = plan.lock
      request.expects = plan.hosts[host].previous?.deployment
      request.inherits = plan.hosts[host].inherits ?? request.inherits
      if plan.trial == true, let known = plan.hosts[host].previous, known.trial != true { request.good = known.deployment }
      _ = perform(.host(host), .lock(request), for: .lock(host), site: Intent.Site())
    }
  }

  mutating func locked(_ host: Int, _ outcome: Outcome) {
    locks.waiting -= 1
    switch outcome.failure {
    case nil: locks.held.append(host)
    case let failure? where failure.kind == .unreachable && statuses[host] == .pending:
      admission.count(.leftOut(failure))
      set(host, .leftOut(failure))
      if let exhausted = admission.exhausted {
        locks.problem =
          locks.problem ?? Failure(.unreachable, "\(plan.hosts[host].host.name): \(failure.message); \(exhausted)", fix: failure.fix)
      }
    case let failure?:
      if locks.problem == nil {
        locks.problem = Failure(failure.kind, "\(plan.hosts[host].host.name): \(failure.message)", fix: failure.fix)
        if failure.kind == .locked { locks.holder = Lock(outcome.value) }
      }
    }
    guard locks.waiting == 0 else { return }
    if let problem = locks.problem ?? cancelled.failure {
      return unlock(
        Conclusion(
          status: cancelled ? .cancelled : .refused, error: ScriptError(problem), holder: locks.holder, hosts: statuses))
    }
    if locks.first, locks.order.count > 1 {
      locks.first = false
      return ask(locks.order.dropFirst())
    }
    // Where nothing is to be changed, the locks were taken to call good what is there.
    guard plan.hosts.contains(where: { $0.action == .change }) else { return unlock(Conclusion(status: .succeeded, hosts: statuses)) }
    beginStage(0)
  }

  mutating func unlock(_ conclusion: Conclusion) {
    // Hosts that are to go back stay locked: the rollback takes their locks over.
    let released = locks.held.filter { !conclusion.rollback.contains($0) }
    phase = .unlocking(conclusion)
    for host in released {
      // Whoever has to go back waits for no host that is out of reach.
      let isAwaited = conclusion.rollback.isEmpty || !statuses[host].isUnknown
      if isAwaited {
        locks.waiting += 1
      } else {
        note(.remark("\(plan.hosts[host].host.name) is out of reach and stays locked until its lease ends"))
      }
      _ = perform(
        .host(host), .unlock(token: plan.lock.token, good: proved(host, conclusion), left: failedRestore(host)),
        for: isAwaited ? .unlock(host) : .nobody,
        site: Intent.Site())
    }
    if locks.waiting == 0 { conclude(conclusion) }
  }

  /// The deployment whose receipt on that host has proved good: a deployment that succeeds says so of its own, and of those that it found
  /// to be what was asked for.
  private func proved(_ host: Int, _ conclusion: Conclusion) -> Deployment.ID? {
    guard plan.trial == true, plan.kind == .deploy, conclusion.status == .succeeded else { return nil }
    switch statuses[host] {
    case .succeeded: return plan.id
    case .unchanged: return plan.hosts[host].previous.flatMap { $0.trial == true ? $0.deployment : nil }
    default: return nil
    }
  }

  /// What the host is to remember if a person has to look after it.
  private func failedRestore(_ host: Int) -> FailedRestore? {
    switch statuses[host] {
    case .restoreFailed(_, let restoring, let commands):
      return FailedRestore(deployment: plan.id, message: restoring.failure.message, commands: commands)
    case .failed(let error) where plan.kind != .deploy:
      return FailedRestore(deployment: plan.id, message: error.failure.message, commands: [])
    case .restored: return FailedRestore(deployment: plan.id, message: "", commands: [])
    default: return nil
    }
  }

  mutating func unlocked(_ host: Int, _ outcome: Outcome) {
    if let failure = outcome.failure {
      note(.remark("\(plan.hosts[host].host.name): giving its lock back: \(failure.message); a lock that stays ends with its lease"))
    }
    locks.waiting -= 1
    if locks.waiting == 0, case .unlocking(let conclusion) = phase { conclude(conclusion) }
  }
}

extension HostStatus {
  fileprivate var isUnknown: Bool { if case .unknown = self { true } else { false } }
}

extension Bool {
  /// A deployment that was cancelled, as the failure it ends with.
  fileprivate var failure: Failure? { self ? Failure(.cancelled, "cancelled before anything was changed") : nil }
}
