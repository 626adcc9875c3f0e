import DeployModel

/// Shifts traffic. The adapter's functions run as scripts.
extension Rollout {
  /// Handles a strategy's request to set the weights or, with nil, to read them.
  mutating func shift(_ script: ScriptID, to weights: Weights?) {
    guard let adapter = plan.adapter else {
      let fix = "say how: traffic = { pools = { … }, read = …, weight = … }"
      return refuse(script, Failure(.invalid, "the recipe has no traffic, so there is nothing to shift", fix: fix))
    }
    guard let weights else {
      // The known weights come from the adapter's last call. If a call fails, the deployment fails.
      if !readsAnew, let current = traffic.current { return tree.answer(script, .shifted(current), &outbox) }
      return readTraffic(.know, for: script)
    }
    if let unknown = weights.shares.first(where: { !adapter.pools.contains($0.pool) }) {
      let pools = adapter.pools.joined(separator: ", ")
      return refuse(script, Failure(.misnamed, "there is no pool \"\(unknown.pool)\"", fix: "the pools are \(pools)"))
    }
    let missing = adapter.pools.filter { pool in !weights.shares.contains { $0.pool == pool } }.map { Weights.Share($0, 0) }
    let wanted = Weights(weights.shares + missing) ?? weights
    readsAnew || traffic.original == nil ? readTraffic(.shift(to: wanted), for: script) : set(wanted, for: script)
  }

  /// Makes the adapter read the weights for a strategy's request.
  mutating func readTraffic(_ wish: Shifting.Wish, for script: ScriptID) {
    guard let adapter = plan.adapter else { return }
    tree[script].waiting = .decision
    traffic.step = .reading(wish, for: script)
    callAdapter(adapter.read, on: .traffic)
  }

  mutating func set(_ weights: Weights, for script: ScriptID) {
    guard let adapter = plan.adapter else { return }
    tree[script].waiting = .decision
    traffic.step = .setting(for: script, to: weights)
    callAdapter(adapter.weight, on: .weights(weights))
  }

  mutating func callAdapter(_ function: Int, on subject: Subject) {
    if let timer = traffic.timer { outbox.forget(timer: timer) }
    if case .weights = subject { traffic.commands = [] }
    traffic.script = tree.startRoot(
      Body(recipe: 0, function: function), on: subject, owner: .traffic, site: Intent.Site(stage: "traffic"), &outbox)
    traffic.timer = outbox.ring(.traffic, after: Shifting.limit)
  }

  /// Handles the adapter's timer: a call is taking too long, or it is time to read the weights again.
  mutating func trafficRang() {
    traffic.timer = nil
    if let script = traffic.script {
      tree.cancel(script, Failure(.timeout, "the traffic adapter was not done within \(Shifting.limit)"), &outbox)
    } else if let adapter = plan.adapter {
      switch traffic.step {
      case .proving, .confirming: callAdapter(adapter.read, on: .traffic)
      default: break
      }
    }
  }

  mutating func trafficEnded(_ result: ScriptResult) {
    if let timer = traffic.timer { outbox.forget(timer: timer) }
    (traffic.timer, traffic.script) = (nil, nil)
    let step = traffic.step
    traffic.step = .idle
    switch step {
    case .idle: break
    case .reading(let wish, let script): wereRead(weights(in: result), wish, for: script)
    case .asking: wereAsked(weights(in: result))
    case .setting(let script, let weights): wereSet(result, for: script, to: weights)
    case .proving(let script, let weights, let attempt): wereProved(self.weights(in: result), for: script, to: weights, attempt)
    case .confirming(let attempt): return wereConfirmed(self.weights(in: result), attempt)
    case .restoring(let attempt): return wereRestored(result, attempt)
    case .provingBack(let attempt): return wereProvedBack(weights(in: result), attempt)
    }
    settle()
  }

  /// Returns the weights that a call of `read` returned, or why the call failed.
  private func weights(in result: ScriptResult) -> Result<Weights, Failure> {
    switch result {
    case .raised(let error):
      return .failure(Failure(error.failure.kind, "reading the traffic: \(error.failure.message)", fix: error.failure.fix))
    case .returned(let value):
      guard let found = Weights(value), found.shares.allSatisfy({ share in plan.adapter?.pools.contains(share.pool) == true }) else {
        return .failure(
          Failure(
            .invalid, "read of traffic gave no weights of the pools",
            fix: "let it return a table such as { blue = 100, green = 0 }, with the sum 100"))
      }
      return .success(found)
    }
  }

  private mutating func wereRead(_ answer: Result<Weights, Failure>, _ wish: Shifting.Wish, for script: ScriptID) {
    switch answer {
    case .failure(let problem): refuse(script, problem)
    case .success(let found):
      let moved = took(found)
      switch wish {
      case .know: tree.answer(script, .shifted(found), &outbox)
      case .shift where failure != nil: tree.answer(script, .shifted(found), &outbox)
      case .shift(let weights): mayShift(to: weights, for: script, moved)
      case .wave(let decision): mayBeginWave(decision, for: script, moved)
      }
    }
  }

  private mutating func mayShift(to weights: Weights, for script: ScriptID, _ moved: Failure?) {
    if let refusal = moved ?? shiftRefusal(to: weights) { return refuse(script, refusal) }
    guard isHeld(script) else { return set(weights, for: script) }
    hold(readsAnew ? .decide(script, .shift(weights)) : .weights(script, weights))
  }

  private mutating func wereSet(_ result: ScriptResult, for script: ScriptID, to weights: Weights) {
    switch result {
    case .returned where readsAnew: prove(weights, for: script, attempt: 1)
    case .returned: haveMoved(to: weights, for: script)
    case .raised(let error): haveNotMoved(error, for: script)
    }
  }

  private mutating func haveMoved(to weights: Weights, for script: ScriptID) {
    let before = traffic.current
    traffic.set(weights)
    traffic.isConfirmed = readsAnew
    note(.shifted(from: before, to: weights))
    if let before { tree.answer(script, .shifted(before), &outbox) }
  }

  private mutating func haveNotMoved(_ error: ScriptError, for script: ScriptID) {
    traffic.failedToSet()
    if failure == nil { fail(error) }
    if let before = traffic.current { tree.answer(script, .shifted(before), &outbox) }
  }

  // MARK: whether the weights are as they were set

  private mutating func prove(_ weights: Weights, for script: ScriptID, attempt: Int) {
    guard let adapter = plan.adapter else { return }
    traffic.step = .proving(for: script, to: weights, attempt: attempt)
    if attempt == 1 { return callAdapter(adapter.read, on: .traffic) }
    traffic.timer = outbox.ring(.traffic, after: Shifting.pause)
  }

  private mutating func wereProved(_ answer: Result<Weights, Failure>, for script: ScriptID, to weights: Weights, _ attempt: Int) {
    if case .success(let found) = answer, found.agrees(with: weights) { return haveMoved(to: weights, for: script) }
    if attempt < Shifting.attempts, failure == nil { return prove(weights, for: script, attempt: attempt + 1) }
    haveNotMoved(ScriptError(Shifting.unproved(answer, weights)), for: script)
  }
}

extension Shifting {
  /// Returns the failure of a shift that was not confirmed: the adapter could not read the weights, or they differ from those that were
  /// set.
  static func unproved(_ answer: Result<Weights, Failure>, _ wanted: Weights) -> Failure {
    switch answer {
    case .failure(let problem): problem
    case .success(let found):
      Failure(
        .failed, "weight of traffic set \(wanted.sentence), and read says \(found.sentence)",
        fix: "try both by hand: one of them does not do what it says, or somebody else moves the traffic")
    }
  }
}

extension Plan {
  /// The adapter that moves traffic between pools, or nil if the deployment moves no traffic.
  var adapter: TrafficAdapter? {
    flow.stages.lazy.compactMap { if case .rollout(let strategy?) = $0 { strategy.traffic } else { nil } }.first
  }
}
