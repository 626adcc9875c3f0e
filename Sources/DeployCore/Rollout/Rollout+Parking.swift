package import DeployModel

/// Parking: a gate waits for a person, hosts keep their locks, and no engine runs until somebody resumes the deployment.
extension Rollout {
  /// The number of the gate that a person has to answer, if nothing else is under way and the engine can therefore exit. Nil if the engine
  /// must stay.
  package var parkableGate: Int? {
    guard case .stage = phase, !isWayBack, pause == nil, parkState == nil, let open = gate, open.timer != nil, outbox.isIdle else {
      return nil
    }
    return open.gate.kind.asksPerson && open.number != unparkableGate ? open.number : nil
  }

  /// Whether hosts keep the deployment, so that the engine can exit.
  package var isParked: Bool { parkState?.step == .parked }

  /// Whether the deployment is being parked, is parked, or is being resumed after parking. In these states, an engine has to ask the hosts
  /// before it continues.
  package var isParking: Bool { parkState != nil }

  /// Keeps an event that arrives while the deployment is parked or being parked.
  /// - Returns: whether the event was kept until an engine has the locks of all hosts again. If false, it has to be handled now.
  mutating func keeps(_ happening: Happening) -> Bool {
    guard parkState != nil, lapse != .parkingForgotten else { return false }
    switch happening {
    case .started, .finished, .overtaken, .parks, .unparks, .revived: return false
    case .rang, .cancelled, .said:
      parkState?.held.append(happening)
      // Because of the event, the engine that was about to exit stays.
      if isParked { askToUnpark(by: plan.origin.actor) }
      return true
    }
  }

  mutating func park(_ parking: Parking) {
    guard let number = parkableGate, let open = gate, number == open.number, !locking.held.isEmpty else { return }
    parkings += 1
    var state = ParkState(parking: parking, round: parkings, hosts: locking.held)
    let parked = Parked(
      deployment: plan.id, engine: plan.origin.engine, gate: number, kind: open.gate.kind, name: open.gate.name,
      message: open.gate.message, round: parkings, since: parking.at, until: parking.until, task: plan.kind.task?.name,
      from: open.gate.from)
    let lease = max(.zero, parking.until - parking.at) + Parked.grace
    for host in state.hosts {
      _ = outbox.perform(.host(host), .park(ParkRequest(parked, lease: lease)), for: .park(host), site: Intent.Site(stage: "park"))
      state.awaited += 1
    }
    parkState = state
  }

  mutating func parked(_ host: Int, _ outcome: Outcome) {
    guard var state = parkState, state.step == .leaving else { return }
    state.awaited -= 1
    if let failure = outcome.failure {
      note(.remark("\(plan.name(ofHost: host)) does not keep its lock: \(failure.message)"))
      if state.problem == nil { state.problem = failure }
    } else {
      state.kept.append(host)
    }
    parkState = state
    guard state.awaited == 0 else { return }
    // The first host decides which engine resumes, so the deployment is safe only if this host keeps its lock.
    let isSafe = state.kept.contains(state.hosts[0])
    guard isSafe, state.held.isEmpty else {
      if !isSafe {
        stay(state.problem?.message ?? "hosts do not keep their locks")
      }
      return askToUnpark(by: plan.origin.actor)
    }
    parkState?.step = .parked
    note(.parked(until: state.parking.until))
  }

  /// Handles the wish of an engine to resume from the journal. If several engines want to resume, the first host decides between them.
  mutating func unpark(by actor: String, claim: String, _ reason: String?) {
    guard let state = parkState, state.step == .leaving || state.step == .parked else { return }
    if let reason { stay(reason) }
    // The engine that had asked hosts to keep their locks is gone.
    outbox.forget { if case .park = $0 { true } else { false } }
    if state.step == .leaving { parkState?.awaited = 0 }
    askToUnpark(by: actor, claim: claim)
  }

  /// Records that the deployment cannot be parked at this gate.
  private mutating func stay(_ reason: String) {
    unparkableGate = gate?.number
    note(.remark("it is not parked, and this engine waits: \(reason)"))
  }

  /// Asks the first host whether this engine is allowed to resume.
  /// - Parameter claim: the claim of the engine that resumes, or empty if the engine was about to exit and stays instead.
  private mutating func askToUnpark(by actor: String, claim: String = "") {
    guard let state = parkState, let first = state.hosts.first else { return }
    let request = UnparkRequest(
      by: actor, claim: claim, round: state.round, hosts: state.hosts.count, lease: plan.lock.lease)
    parkState?.step = .asking
    parkState?.request = request
    ask(first, request)
  }

  private mutating func ask(_ host: Int, _ request: UnparkRequest) {
    parkState?.awaited += 1
    _ = outbox.perform(.host(host), .unpark(request), for: .unpark(host), site: Intent.Site(stage: "park"))
  }

  mutating func unparked(_ host: Int, _ outcome: Outcome) {
    guard let state = parkState else { return }
    parkState?.awaited -= 1
    if let failure = outcome.failure {
      note(.remark("\(plan.name(ofHost: host)) does not answer, and keeps the lock as it is: \(failure.message)"))
      guard state.step != .asking else {
        // Nobody knows whether another engine resumes, so the events that arrived in the meantime wait for the next engine. An event that
        // ends only this engine is dropped.
        parkState?.step = .parked
        parkState?.held.removeAll { if case .cancelled = $0 { true } else { false } }
        return note(.parked(until: state.parking.until))
      }
    }
    if state.step == .asking {
      parkState?.step = .returning
      if let request = state.request { for other in state.hosts.dropFirst() { ask(other, request) } }
    }
    guard parkState?.awaited == 0, let held = parkState?.held else { return }
    parkState = nil
    note(.parked(until: nil))
    // A gate whose time has run out fails, even if answers are waiting on the hosts, because they came too late. If there are several
    // answers, a rejection takes precedence.
    let answers = held.filter { !$0.isDeadline }
    let refusals = plan.flow.rules?.hearsRefusalsFirst == true ? answers.filter(\.isRefusal) : []
    let others = refusals.isEmpty ? answers : answers.filter { !$0.isRefusal }
    for happening in held.filter(\.isDeadline) + refusals + others { take(happening) }
  }
}

extension Happening {
  fileprivate var isDeadline: Bool { if case .rang = self { true } else { false } }
  fileprivate var isRefusal: Bool { if case .said(let message) = self { message.kind == .reject } else { false } }
}

extension Gate.Kind {
  /// Whether only a person can answer this kind of gate.
  package var asksPerson: Bool { self == .approval || self == .pause }
}
