import DeployModel

/// Traffic: a shift is a script of the adapter, and what was before comes back when the deployment fails.
extension Rollout {
  /// A strategy wants other weights, or wants to know them.
  mutating func shift(_ script: ScriptID, to weights: Weights?) {
    guard let adapter = plan.adapter else {
      let fix = "say how: traffic = { pools = { … }, read = …, weight = … }"
      return refuse(script, Failure(.invalid, "the recipe has no traffic, so there is nothing to shift", fix: fix))
    }
    guard let weights else { return tellWeights(script, adapter) }
    if let unknown = weights.shares.first(where: { !adapter.pools.contains($0.pool) }) {
      let pools = adapter.pools.joined(separator: ", ")
      return refuse(script, Failure(.misnamed, "there is no pool \"\(unknown.pool)\"", fix: "the pools are \(pools)"))
    }
    let missing = adapter.pools.filter { pool in !weights.shares.contains { $0.pool == pool } }.map { Weights.Share($0, 0) }
    let wanted = Weights(weights.shares + missing) ?? weights
    tree[script].waiting = .decision
    if traffic.original == nil {
      traffic.step = .reading(for: script, to: wanted)
      callAdapter(adapter.read, on: .traffic)
    } else {
      set(wanted, for: script)
    }
  }

  /// What is known of the weights is what the adapter said or did last; a call that did not end well has failed the deployment.
  private mutating func tellWeights(_ script: ScriptID, _ adapter: TrafficAdapter) {
    if let current = traffic.current { return tree.answer(script, .shifted(current), &outbox) }
    tree[script].waiting = .decision
    traffic.step = .reading(for: script, to: nil)
    callAdapter(adapter.read, on: .traffic)
  }

  mutating func set(_ weights: Weights, for script: ScriptID) {
    guard let adapter = plan.adapter else { return }
    tree[script].waiting = .decision
    traffic.step = .setting(for: script, to: weights)
    callAdapter(adapter.weight, on: .weights(weights))
  }

  private mutating func callAdapter(_ function: Int, on subject: Subject) {
    traffic.commands = []
    traffic.script = tree.startRoot(
      Body(recipe: 0, function: function), on: subject, owner: .traffic, site: Intent.Site(stage: "traffic"), &outbox)
    traffic.timer = outbox.ring(.traffic, after: Shifting.limit)
  }

  /// The adapter takes too long.
  mutating func trafficRang() {
    traffic.timer = nil
    if let script = traffic.script {
      tree.cancel(script, Failure(.timeout, "the traffic adapter was not done within \(Shifting.limit)"), &outbox)
    }
  }

  mutating func trafficEnded(_ result: ScriptResult) {
    if let timer = traffic.timer { outbox.forget(timer: timer) }
    (traffic.timer, traffic.script) = (nil, nil)
    let step = traffic.step
    traffic.step = .idle
    switch step {
    case .idle: break
    case .reading(let script, let weights): wereRead(result, for: script, to: weights)
    case .setting(let script, let weights): wereSet(result, for: script, to: weights)
    case .restoring(let attempt): return wereRestored(result, attempt)
    }
    settle()
  }

  private mutating func wereRead(_ result: ScriptResult, for script: ScriptID, to weights: Weights?) {
    switch result {
    case .raised(let error):
      refuse(script, Failure(error.failure.kind, "reading the traffic: \(error.failure.message)", fix: error.failure.fix))
    case .returned(let value):
      guard let found = Weights(value), found.shares.allSatisfy({ share in plan.adapter?.pools.contains(share.pool) == true }) else {
        return refuse(
          script,
          Failure(
            .invalid, "read of traffic gave no weights of the pools",
            fix: "let it return a table such as { blue = 100, green = 0 }, with the sum 100"))
      }
      traffic.read(found)
      guard failure == nil, let weights else { return tree.answer(script, .shifted(found), &outbox) }
      if isHeld(script) { return hold(.weights(script, weights)) }
      set(weights, for: script)
    }
  }

  private mutating func wereSet(_ result: ScriptResult, for script: ScriptID, to weights: Weights) {
    let before = traffic.current
    switch result {
    case .returned:
      traffic.set(weights)
      note(.shifted(from: before, to: weights))
    case .raised(let error):
      traffic.failedToSet()
      if failure == nil { fail(error) }
    }
    if let before { tree.answer(script, .shifted(before), &outbox) }
  }

  // MARK: the way back

  /// Whether traffic is to be put back before hosts that get some are touched.
  var owesTraffic: Bool { traffic.owed != nil && traffic.stray == nil && lapse != .trafficForgotten }

  /// Puts the weights back that were before the first shift, when nothing is under way any more.
  mutating func restoreTraffic() {
    guard let owed = traffic.owed else { return }
    phase = .shiftingBack
    restoreTraffic(owed, attempt: 1)
  }

  private mutating func restoreTraffic(_ weights: Weights, attempt: Int) {
    guard let adapter = plan.adapter else { return }
    traffic.step = .restoring(attempt: attempt)
    callAdapter(adapter.weight, on: .weights(weights))
  }

  private mutating func wereRestored(_ result: ScriptResult, _ attempt: Int) {
    guard let owed = traffic.owed else { return }
    switch result {
    case .returned:
      note(.shifted(from: traffic.current, to: owed))
      traffic.set(owed)
    case .raised(let error) where attempt < Shifting.attempts:
      note(.remark("the traffic could not be put back (\(error.failure.message)); trying again"))
      return restoreTraffic(owed, attempt: attempt + 1)
    case .raised(let error):
      traffic.stray = StrayTraffic(wanted: owed, message: error.failure.message, commands: traffic.commands)
      note(.remark("the traffic could not be put back: \(error.failure.message)"))
      let left = statuses.indices.filter { statuses[$0] == .succeeded && mayHaveStrayTraffic($0) }.map { plan.hosts[$0].host.name }
      if !left.isEmpty { note(.remark("\(left.joined(separator: ", ")) may have the traffic, so what runs there is not stopped")) }
    }
    phase = .settling
    giveUpReadyHosts()
  }
}

extension Plan {
  /// How traffic is moved between pools; nil: it is not.
  var adapter: TrafficAdapter? {
    flow.stages.lazy.compactMap { if case .rollout(let strategy?) = $0 { strategy.traffic } else { nil } }.first
  }
}
