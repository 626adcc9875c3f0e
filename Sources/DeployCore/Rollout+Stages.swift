import DeployModel

/// The upload stage: releases that are being sent.
struct Uploads: Sendable, Hashable {
  var queue: [Int] = []
  var next = 0
  var running = 0
  /// Sends under way at once: enough to fill a line, few enough not to fill the engine's memory.
  static let width = 50
}

extension Rollout {
  mutating func beginStage(_ index: Int) {
    guard index < plan.stages.count else { return finish() }
    phase = .stage(index)
    let stage = plan.stages[index]
    note(.stageBegan(name: stage.name))
    switch stage {
    case .upload:
      uploads = Uploads(
        queue: plan.hosts.indices.filter { statuses[$0] == .pending && plan.hosts[$0].stages && plan.hosts[$0].target != nil })
      upload()
    case .rollout(let strategy?):
      startRoot(
        Body(recipe: 0, function: strategy.function), on: .rollout(options: strategy.options), owner: .strategy, site: site(of: stage))
    case .rollout(nil):
      beginWave(plan.hosts.indices.filter { statuses[$0] == .pending }, parallel: nil)
    case .script(_, _, let function, let when, _):
      startRoot(
        Body(recipe: 0, function: when ?? function), on: .deployment, owner: when == nil ? .stage : .condition, site: site(of: stage))
    }
  }

  /// The condition of the stage under way said yes or no.
  mutating func conditionEnded(_ result: ScriptResult) {
    guard case .stage(let index) = phase, case .script(let name, _, let function, _, _) = plan.stages[index] else { return settle() }
    switch result {
    case .raised(let error): stageEnded(error)
    case .returned(.null), .returned(.bool(false)):
      note(.remark("stage \"\(name)\" is left out: its condition says no"))
      stageEnded(nil)
    case .returned: startRoot(Body(recipe: 0, function: function), on: .deployment, owner: .stage, site: site(of: plan.stages[index]))
    }
  }

  mutating func stageEnded(_ error: ScriptError?) {
    guard case .stage(let index) = phase else { return settle() }
    if let error { return fail(error) }
    note(.stageEnded(name: plan.stages[index].name, error: nil))
    beginStage(index + 1)
  }

  /// All hosts of a rollout have to be accounted for: what a strategy left out is an error, not a success.
  mutating func strategyEnded(_ result: ScriptResult) {
    if case .raised(let error) = result { return stageEnded(error) }
    let left = statuses.indices.filter { statuses[$0] == .pending }
    guard left.isEmpty else {
      let names = left.prefix(3).map { plan.hosts[$0].host.name }.joined(separator: ", ") + (left.count > 3 ? ", …" : "")
      let hosts = left.count == 1 ? "host is" : "hosts are"
      let failure = Failure(
        .failed, "the strategy ended and \(left.count) \(hosts) still on the old revision (\(names))",
        fix: "let the strategy's waves cover all of rollout.targets")
      return stageEnded(ScriptError(failure))
    }
    stageEnded(nil)
  }

  private func site(of stage: Stage) -> Intent.Site { Intent.Site(stage: stage.name) }

  // MARK: upload

  private mutating func upload() {
    while uploads.running < Uploads.width, uploads.next < uploads.queue.count, failure == nil, admission.exhausted == nil {
      let host = uploads.queue[uploads.next]
      uploads.next += 1
      guard let target = plan.hosts[host].target else { continue }
      uploads.running += 1
      _ = perform(
        .host(host), .stage(target), for: .upload(host),
        site: Intent.Site(event: .downloadBundle, stage: "upload", release: target.id, previous: plan.hosts[host].current))
    }
    guard uploads.running == 0 else { return }
    if failure != nil { return settle() }
    stageEnded(admission.exhausted.map { firstCause(or: $0) })
  }

  mutating func uploaded(_ host: Int, _ outcome: Outcome) {
    uploads.running -= 1
    if let failure = outcome.failure {
      let error = ScriptError(failure, host: plan.hosts[host].host.name)
      set(host, failure.kind == .unreachable ? .unknown(failure) : .untouched(error))
      admission.count(statuses[host])
    } else {
      staged[host] = true
    }
    upload()
  }

  /// The first host's failure, with the bound that it broke.
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

  // MARK: the end

  /// Stops what is under way in good order; hosts in their lifecycle come to their end first.
  mutating func fail(_ error: ScriptError) {
    if failure == nil { failure = error }
    if case .stage(let index) = phase { note(.stageEnded(name: plan.stages[index].name, error: error)) }
    phase = .settling
    for script in tree.roots {
      switch tree[script].owner {
      case .strategy, .stage, .condition: cancelScript(script, Failure(.cancelled, "the deployment has failed: \(error.failure.message)"))
      default: break
      }
    }
    settle()
  }

  mutating func settle() {
    guard phase == .settling, activeRoots == 0, uploads.running == 0, (wave?.running ?? 0) == 0 else { return }
    finish()
  }

  /// However large the budget, a deployment of which no host came through has failed (CodeDeploy: at least one must succeed).
  private mutating func finish() {
    if failure == nil, !statuses.contains(where: { $0 == .succeeded || $0 == .unchanged }) {
      failure = firstCause(or: "no host came through")
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

  // MARK: cancelling

  mutating func cancel(_ reason: String) {
    guard !cancelled else { return }
    cancelled = true
    let error = ScriptError(Failure(.cancelled, reason))
    switch phase {
    case .planned: conclude(Conclusion(status: .cancelled, error: error, hosts: statuses))
    case .stage:
      for host in runs.indices { cancelRun(host, error.failure) }
      for intent in waiters.indices { if case .upload = waiters[intent] { effects.append(.cancel(intent: intent)) } }
      fail(error)
    case .settling:
      for host in runs.indices { cancelRun(host, error.failure) }
    // Whoever waits for a lock, or for what others left running, stops waiting; what is held is given back.
    case .locking: for intent in waiters.indices { if case .lock = waiters[intent] { effects.append(.cancel(intent: intent)) } }
    case .notifying, .unlocking, .concluded: break
    }
  }
}
