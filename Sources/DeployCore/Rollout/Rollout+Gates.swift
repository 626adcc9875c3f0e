import DeployModel

/// Gates. One gate at a time is open, for the strategy that waits for it. If a gate fails, the deployment fails before the strategy gets
/// the answer.
extension Rollout {
  mutating func open(_ asked: Gate, for script: ScriptID) {
    var asked = asked
    if let watch = asked.watch, !watch.isFromEngine { asked.watch?.hosts = places(watch) }
    let checking = asked.watch.map { Checking($0, names: plan.hosts.map(\.host.name), rules: plan.flow.rules) }
    if let checking, checking.total > Checking.most {
      return refuse(
        script,
        Failure(
          .invalid, "the watch \"\(asked.name)\" would make \(checking.total) checks, and \(Checking.most) is the most",
          fix: "check fewer hosts, or check less often: give it a longer every"))
    }
    if let failure = analysisProblem(asked) { return refuse(script, failure) }
    gates.append(asked.name)
    note(.gateOpened(number: gates.count, asked))
    tree[script].waiting = .decision
    gate = OpenGate(number: gates.count, gate: asked, script: script, checking: checking, asked: checking?.places.map { _ in nil } ?? [])
    if checking == nil { gate?.timer = outbox.ring(.gate, after: asked.time) } else { check() }
  }

  /// Returns the hosts that a watch checks, each once.
  private func places(_ watch: Watch) -> [Int] {
    let wanted = watch.hosts ?? statuses.indices.filter { hasRelease($0) }
    var chosen = statuses.map { _ in false }
    return wanted.filter { host in
      guard statuses.indices.contains(host), !chosen[host] else { return false }
      chosen[host] = true
      return true
    }
  }

  /// Whether the open analysis compares this host as a twin, which still runs the previous release.
  func isTwin(_ host: Int) -> Bool {
    guard let watch = gate?.checking?.watch, let comparison = watch.comparison else { return false }
    return watch.hosts?.dropFirst(comparison.pairs).contains(host) ?? false
  }

  /// Returns why an analysis is impossible, for example because both hosts of a pair have the release or both lack it. Returns nil if the
  /// analysis is possible or the gate is not an analysis.
  private func analysisProblem(_ asked: Gate) -> Failure? {
    guard let watch = asked.watch, let comparison = watch.comparison else { return nil }
    let hosts = watch.hosts ?? []
    if let problem = Comparing.problem(comparison, hosts: hosts.count, rounds: watch.looks, isStrict: plan.flow.rules?.countsGaps == true) {
      return Failure(problem.kind, "the analysis \"\(asked.name)\": \(problem.message)", fix: problem.fix)
    }
    for (position, host) in hosts.enumerated() {
      let (isCanary, name) = (position < comparison.pairs, plan.hosts[host].host.name)
      if isCanary == hasRelease(host) { continue }
      return Failure(
        .invalid,
        "the analysis \"\(asked.name)\" cannot compare \(name): \(isCanary ? "it has not got the release" : "it is a twin and has it too")",
        fix: "compare hosts of waves that came through with hosts that no wave has changed yet")
    }
    return nil
  }

  /// Whether a watch that names no hosts checks this host. It does if the host runs the release and is in service or ready.
  private func hasRelease(_ host: Int) -> Bool {
    switch statuses[host] {
    case .succeeded: true
    case .ready(let upto): plan.flow.rules?.checksAlone == true && upto >= .start
    default: false
    }
  }

  /// Handles the gate's timer: its deadline, or the time of its next check.
  mutating func gateRang() {
    guard let open = gate else { return }
    gate?.timer = nil
    switch open.gate.kind {
    case .time: close(GateAnswer(.pass))
    case .check, .analysis:
      gate?.checking?.rang()
      check()
    case .approval, .pause:
      if lapse == .silenceApproves { return close(GateAnswer(.pass)) }
      close(GateAnswer(.fail, comment: "nobody answered within \(open.gate.time)"))
    }
  }

  // MARK: checks

  /// Makes the checks that are due. A pause delays checks that have not begun.
  mutating func check() {
    gate?.isHeld = false
    let mayBegin = !holdsScripts
    while let move = gate?.checking?.next(mayBegin: mayBegin) {
      switch move {
      case .round(let timer, let another):
        timeRound(timer)
        if another, let open = gate, let every = open.checking?.watch.every { gate?.timer = outbox.ring(.gate, after: every) }
      case .check(let slots): for slot in slots { check(slot) }
      case .wait: return
      case .hold:
        gate?.isHeld = true
        return
      case .rest(let interval):
        gate?.timer = outbox.ring(.gate, after: interval)
        return
      case .end(let verdict, let comment): return close(GateAnswer(verdict, comment: comment))
      }
    }
  }

  private mutating func check(_ slot: Int) {
    guard let checking = gate?.checking else { return }
    let place = checking.places[slot]
    var site = Intent.Site(stage: "rollout")
    if case .host(let number) = place {
      if let refusal = refusal(of: number) {
        gate?.checking?.found(.silent(refusal.message), at: slot)
        return
      }
      site.release = isTwin(number) ? plan.hosts[number].current : plan.hosts[number].target?.id
      site.previous = plan.hosts[number].current
    }
    switch checking.watch.question {
    case .check(let check):
      gate?.asked[slot] = .intent(
        outbox.perform(place, .check(check), for: .check(slot), site: site, timeout: checking.watch.limit))
    case .function(let function):
      let subject: Subject = if case .host(let number) = place { .host(number) } else { .deployment }
      let script = tree.startRoot(Body(recipe: 0, function: function), on: subject, owner: .check(slot: slot), site: site, &outbox)
      gate?.asked[slot] = .script(script)
      _ = outbox.ring(.check(slot: slot, script), after: checking.watch.limit)
    }
  }

  /// Handles the timer of a check function that takes too long.
  mutating func checkRang(_ slot: Int, _ script: ScriptID) {
    guard let open = gate, open.asked.indices.contains(slot), open.asked[slot] == .script(script), let watch = open.checking?.watch else {
      return
    }
    gate?.checking?.isOver(slot)
    tree.cancel(script, Failure(.timeout, "the function was not done within \(watch.limit)"), &outbox)
  }

  /// Starts the timer for the checks of a round.
  private mutating func timeRound(_ timer: Int) {
    guard let open = gate, let watch = open.checking?.watch else { return }
    _ = outbox.ring(.round(gate: open.number, timer), after: watch.limit + Watch.answer)
  }

  /// Ends the checks that got no answer in time.
  mutating func roundRang(_ number: Int, _ timer: Int) {
    guard gate?.number == number, let late = gate?.checking?.late(timer) else { return }
    for slot in late { giveUp(slot) }
    if let another = gate?.checking?.anotherTimer() { timeRound(another) }
    check()
  }

  private mutating func giveUp(_ slot: Int) {
    guard let open = gate, let checking = open.checking, let asked = open.asked[slot] else { return }
    let limit = checking.watch.limit
    var finding = Checking.Finding.silent("it gave no answer within \(limit)")
    switch asked {
    case .intent(let intent): outbox.abandon(intent: intent)
    case .script(let script):
      if checking.watch.comparison == nil, !tree.waits(script, for: checking.places[slot]) {
        finding = .bad("the function was not done within \(limit)")
      }
      _ = tree.abort(script, Failure(.timeout, "the function was not done within \(limit)"), &outbox)
    }
    gate?.asked[slot] = nil
    if case .silent = finding, !checking.wasSilent(slot) {
      let what = "gave the watch \"\(open.gate.name)\" no answer within \(limit)"
      note(.remark("\(checking.name(of: slot)) \(what); it is asked again, and the others meanwhile"))
    }
    gate?.checking?.found(finding, at: slot, isLate: true)
  }

  /// Handles the end of a check function.
  mutating func checked(_ slot: Int, _ result: ScriptResult) {
    guard let checking = gate?.checking, checking.places.indices.contains(slot) else { return settle() }
    checked(slot, checking.finding(result, at: slot))
  }

  /// Handles the answer to a check.
  mutating func checked(_ slot: Int, _ finding: Checking.Finding) {
    guard let open = gate, open.asked.indices.contains(slot), open.asked[slot] != nil else { return settle() }
    gate?.asked[slot] = nil
    gate?.checking?.found(finding, at: slot)
    check()
  }

  // MARK: closing

  /// Closes the open gate, and gives the answer to the strategy.
  mutating func close(_ answer: GateAnswer) {
    guard let open = take() else { return }
    var answer = answer
    if answer.verdict == .inconclusive {
      switch open.gate.undecided {
      case .ask: break
      case .fail: answer = GateAnswer(.fail, comment: "\(answer.comment), which counts as failed")
      case .pass: answer = GateAnswer(.pass, comment: "\(answer.comment), which counts as passed")
      }
    }
    unsettled = 0
    note(.gateClosed(number: open.number, answer))
    guard let script = open.script else {
      if answer.verdict == .fail { return fail(ScriptError(open.failure(answer))) }
      return beginHeldWave()
    }
    switch answer.verdict {
    case .inconclusive:
      let question = Gate(
        .approval, name: open.gate.name, message: "nobody can tell: \(answer.comment)", time: Deadlines.approval,
        failing: open.gate.failing,
        place: open.gate.place)
      return self.open(question, for: script)
    case .fail where open.gate.failing == .fail && lapse != .failedGateIgnored:
      fail(ScriptError(open.failure(answer), place: open.gate.place))
    default: break
    }
    tree.answer(script, .gate(answer), &outbox)
  }

  /// Closes the gate of a deployment that has failed, because the gate's answer no longer matters. The strategy was cancelled, and gets the
  /// reason now.
  mutating func dropGate(_ reason: String) {
    guard let open = take() else { return }
    let answer = GateAnswer(.inconclusive, comment: reason)
    note(.gateClosed(number: open.number, answer))
    if let script = open.script { tree.answer(script, .gate(answer), &outbox) }
  }

  /// Removes the open gate with its timer and its checks, and returns it, or nil if no gate is open.
  private mutating func take() -> OpenGate? {
    guard let open = gate else { return nil }
    gate = nil
    if let timer = open.timer { outbox.forget(timer: timer) }
    for case let asked? in open.asked {
      switch asked {
      case .intent(let intent): outbox.abandon(intent: intent)
      case .script(let script): _ = tree.abort(script, Failure(.cancelled, "the gate is closed"), &outbox)
      }
    }
    return open
  }

  // MARK: stopping

  /// Ends the rollout on purpose. This is refused while hosts are ready, because a ready host is out of service until a wave completes it.
  mutating func stop(_ script: ScriptID, _ reason: String) {
    let ready = statuses.indices.filter { if case .ready = statuses[$0] { true } else { false } }
    guard ready.isEmpty else {
      return refuse(
        script,
        Failure(
          .invalid, "rollout:stop with \(ready.count) ready \(ready.count == 1 ? "host" : "hosts") would leave them out of service",
          fix: "let a wave take them on before, or give up with rollout:rollback"))
    }
    note(.stopped(reason: reason, left: statuses.indices.filter { statuses[$0] == .pending }))
    stopped = reason
    carryOut(tree.abort(script, Failure(.cancelled, reason), &outbox))
  }
}
