import DeployModel

/// The end of a deployment: by failure, by a person's wish, or because all is done.
extension Rollout {
  /// Stops what is under way in good order; hosts in their lifecycle come to their end first.
  mutating func fail(_ error: ScriptError) {
    if failure == nil { failure = error }
    if case .stage(let index) = phase { note(.stageEnded(name: plan.stages[index].name, error: error)) }
    phase = .settling
    for script in tree.roots {
      switch tree[script].owner {
      case .strategy, .stage, .condition:
        tree.cancel(script, Failure(.cancelled, "the deployment has failed: \(error.failure.message)"), &outbox)
      default: break
      }
    }
    settle()
  }

  mutating func settle() {
    guard phase == .settling, tree.activeRoots == 0, uploading.running == 0, (wave?.running ?? 0) == 0 else { return }
    finish()
  }

  /// However large the budget, a deployment in which no host succeeded has failed (as in CodeDeploy).
  mutating func finish() {
    if failure == nil, !statuses.contains(where: { $0 == .succeeded || $0 == .unchanged }) {
      failure = firstCause(or: "no host succeeded")
    }
    notify(0)
  }

  private var notices: [Body] { failure == nil ? plan.onSuccess : plan.onFailure }

  private mutating func notify(_ index: Int) {
    guard index < notices.count else { return unlock(conclusion) }
    phase = .notifying(index)
    startRoot(
      notices[index], on: failure.map { .failure($0) } ?? .deployment, owner: .notice,
      site: Intent.Site(stage: failure == nil ? "on_success" : "on_failure"))
  }

  mutating func noticeEnded(_ result: ScriptResult) {
    guard case .notifying(let index) = phase else { return }
    if case .raised(let error) = result {
      note(.remark("\(failure == nil ? "on_success" : "on_failure") failed: \(error.failure.message)"))
    }
    notify(index + 1)
  }

  private var conclusion: Conclusion {
    guard let failure else { return Conclusion(status: .succeeded, hosts: statuses) }
    let back = plan.rollback && plan.kind == .deploy ? statuses.indices.filter { statuses[$0] == .succeeded } : []
    // Only somebody's wish cancels a deployment: a hook that ends because another one failed says *cancelled* too.
    let isWish = cancelled && failure.failure.kind == .cancelled
    return Conclusion(status: isWish ? .cancelled : .failed, error: failure, rollback: back, hosts: statuses)
  }

  /// Somebody wants the deployment to end.
  mutating func cancel(_ reason: String) {
    guard !cancelled else { return }
    cancelled = true
    let error = ScriptError(Failure(.cancelled, reason))
    switch phase {
    case .planned: conclude(Conclusion(status: .cancelled, error: error, hosts: statuses))
    case .stage:
      interruptHosts(error.failure)
      outbox.cancel { if case .upload = $0 { true } else { false } }
      fail(error)
    case .settling: interruptHosts(error.failure)
    // A wait for a lock, or for what others left running, ends; what is held is given back.
    case .locking: outbox.cancel { if case .lock = $0 { true } else { false } }
    case .notifying, .unlocking, .concluded: break
    }
  }
}
