import DeployCore
import DeployModel

/// The world's part of the simulation: the network between engines and hosts, and what happens on hosts.
extension Simulation {
  /// Sends a request to its host. A request that does not arrive is sent again until the transport gives up.
  mutating func send(_ intent: Intent, from engine: Int) {
    guard case .host(let planned) = intent.place else { return sendHere(intent, from: engine) }
    let number = engines[engine].fleet[planned]
    guard isReachable(number) else { return wait(intent, from: engine, for: number) }
    if !engines[engine].patience.isEmpty { engines[engine].patience[intent.id] = nil }
    if case .lock = intent.operation { renew(number) }
    let site = engines[engine].sites[planned]
    let fate = faults.fate(of: intent, host: number, deployment: engine, dice: dice, pace: pace)
    let reception = hosts[number].receive(intent, from: site, at: now, fate: fate)
    look(at: number)
    switch reception {
    case .answered(let outcome):
      push(.reply(engine: engine, incarnation: engines[engine].incarnation, intent: intent.id, outcome), after: 2)
    case .attached: break
    case .begun(let job):
      queue.push(.step(host: number, job: job, turn: hosts[number].jobs[job].turn), at: hosts[number].due(job))
      disturb(number, intent, engine, fate)
    }
  }

  /// Performs the next step of a job when it is due.
  mutating func step(_ number: Int, _ job: Int, _ turn: Int) {
    let progress = hosts[number].proceed(job, turn: turn, at: now)
    look(at: number)
    switch progress {
    case .none: break
    case .later(let time): queue.push(.step(host: number, job: job, turn: turn), at: time)
    case .ended(let outcome):
      let intent = hosts[number].jobs[job].intent
      guard let engine = engine(of: hosts[number].jobs[job].deployment), engines[engine].awaits(intent.id) else { return }
      guard isReachable(number) else { return wait(intent, from: engine, for: number) }
      if losesReply(engine, number, intent.id) {
        return push(.send(engine: engine, incarnation: engines[engine].incarnation, intent), after: 8000)
      }
      reply(engine, intent.id, outcome)
    }
  }

  /// Delivers an outcome to its engine.
  mutating func reply(_ engine: Int, _ intent: Int, _ outcome: Outcome) {
    engines[engine].settle(intent)
    if !engines[engine].lines.isEmpty, let line = engines[engine].lines.removeValue(forKey: intent), outcome.failure == nil {
      commandsHere.append(line)
    }
    take(.finished(intent: intent, outcome), by: engine)
  }

  /// Ends an operation because its engine cancels it.
  mutating func cancel(_ intent: Int, by engine: Int) {
    guard engines[engine].awaits(intent) else { return }
    let incarnation = engines[engine].incarnation
    guard case .host(let planned) = engines[engine].places[intent] else {
      if engines[engine].here.contains(intent) {
        push(.reply(engine: engine, incarnation: incarnation, intent: intent, .failed(.cancelled, "cancelled")), after: 10)
      }
      return
    }
    let number = engines[engine].fleet[planned]
    guard isReachable(number), let outcome = hosts[number].cancel(intent, of: engines[engine].plan.id) else { return }
    push(.reply(engine: engine, incarnation: incarnation, intent: intent, outcome), after: 100)
  }

  /// Cuts the power of a host. The host is back 20 seconds later.
  mutating func reboot(_ number: Int) {
    let cut = hosts[number].jobs.running.map { hosts[number].jobs[$0] }
    hosts[number].reboot()
    partitions[number].append(Span(from: now, to: now + .seconds(20)))
    for job in cut {
      guard let engine = engine(of: job.deployment), engines[engine].awaits(job.intent.id) else { continue }
      wait(job.intent, from: engine, for: number)
    }
  }

  /// Returns the number of the engine of a deployment, or nil if there is none. A search of the array itself would copy each engine.
  func engine(of deployment: Deployment.ID) -> Int? { engines.indices.first { engines[$0].plan.id == deployment } }

  func isReachable(_ number: Int) -> Bool {
    partitions[number].isEmpty || !partitions[number].contains { $0.from <= now && now < $0.to }
  }

  func unreachable(_ number: Int) -> Failure {
    Failure(.unreachable, "\(hosts[number].name) has been unreachable for \(Self.patience)", fix: "`lander hosts` says what is wrong")
  }

  // MARK: the parts

  private mutating func sendHere(_ intent: Intent, from engine: Int) {
    let incarnation = engines[engine].incarnation
    // A command on the engine's machine dies with its engine. If another process asks for the command again, the command is lost, unless it
    // is allowed to be repeated.
    if incarnation > 0, intent.operation.isCommand, !intent.operation.mayRepeat, engines[engine].here.contains(intent.id) {
      return push(
        .reply(engine: engine, incarnation: incarnation, intent: intent.id, .failed(.lost, "the engine died while it ran")), after: 2)
    }
    engines[engine].here.append(intent.id)
    let fate = faults.fate(of: intent, host: -1, deployment: engine, dice: dice, pace: pace)
    var outcome = Outcome(failure: fate.failure, duration: fate.duration)
    if case .run(let command) = intent.operation { engines[engine].lines[intent.id] = command.line }
    let command = intent.operation.words.flatMap { commandsOfEngine?($0.line, $0.input) } ?? SimulatedCommand()
    command.answer(intent.operation, &outcome)
    var asLongAs = command.duration
    if case .http(let request) = intent.operation, outcome.failure == nil {
      let answer = servers?(request) ?? SimulatedAnswer()
      outcome = answer.outcome(of: request, outcome)
      asLongAs = answer.duration
    }
    if let duration = asLongAs { outcome.duration = min(duration, intent.timeout) }
    if let duration = asLongAs, duration > intent.timeout {
      outcome.failure = Failure(.timeout, "\(intent.operation.verb) on the engine's machine was given up after \(intent.timeout)")
    }
    outcome = known(outcome, of: intent.operation)
    push(.reply(engine: engine, incarnation: incarnation, intent: intent.id, outcome), after: outcome.duration.milliseconds)
  }

  /// Returns the answer of the engine's machine to a question. In a rehearsal, nobody can know this answer.
  private func known(_ outcome: Outcome, of operation: DeployModel.Operation) -> Outcome {
    let rehearsed = hosts.first?.rehearsed == true
    switch operation {
    case .run where rehearsed && outcome.failure == nil:
      var known = outcome
      known.value = Outcome.rehearsed
      return known
    case .read(let path, _), .exists(let path):
      if rehearsed { return SimulatedHost.unknown("what is at \(path) on the engine's machine") }
      return .done(operation.verb == "read" ? .text("") : .bool(true))
    default: return outcome
    }
  }

  private mutating func wait(_ intent: Intent, from engine: Int, for number: Int) {
    let end = engines[engine].patience[intent.id] ?? now + Self.patience
    engines[engine].patience[intent.id] = end
    let incarnation = engines[engine].incarnation
    let back = partitions[number].filter { $0.from <= now && now < $0.to }.map(\.to).max() ?? now
    if back < end {
      queue.push(.send(engine: engine, incarnation: incarnation, intent), at: max(back, now + Interval(milliseconds: 1)))
    } else {
      queue.push(.reply(engine: engine, incarnation: incarnation, intent: intent.id, Outcome(failure: unreachable(number))), at: end)
    }
  }

  /// Renews the lease of a host's lock if the engine that holds the lock is alive and can reach the host.
  private mutating func renew(_ number: Int) {
    guard let held = hosts[number].lock, held.parked == nil,
      let engine = engines.indices.first(where: { engines[$0].plan.lock.token == held.lock.token })
    else { return }
    hosts[number].lock?.renewed = max(held.renewed, engines[engine].aliveUntil ?? now)
  }

  private mutating func disturb(_ number: Int, _ intent: Intent, _ engine: Int, _ fate: Fate) {
    guard !engines[engine].disturbed[intent.id] else { return }
    engines[engine].disturbed[intent.id] = true
    let half = Interval(milliseconds: fate.duration.milliseconds / 2)
    if faults.partition > 0, dice.share(.partition, host: number, intent: intent.id, deployment: engine) < faults.partition {
      let length = dice.pick(1...120, .length, host: number, intent: intent.id, deployment: engine)
      partitions[number].append(Span(from: now + half, to: now + half + .seconds(length)))
    }
    if faults.reboot > 0, dice.share(.reboot, host: number, intent: intent.id, deployment: engine) < faults.reboot {
      queue.push(.reboot(host: number), at: now + half)
    }
  }

  private mutating func losesReply(_ engine: Int, _ number: Int, _ intent: Int) -> Bool {
    guard faults.lostReply > 0, !engines[engine].lost[intent] else { return false }
    guard dice.share(.lostReply, host: number, intent: intent, deployment: engine) < faults.lostReply else { return false }
    engines[engine].lost[intent] = true
    return true
  }

  private mutating func look(at number: Int) {
    guard !hosts[number].changes.isEmpty else { return }
    let changes = hosts[number].changes
    hosts[number].changes.removeAll(keepingCapacity: true)
    checkers.changed(number, hosts, changes)
  }

  private mutating func push(_ occurrence: Occurrence, after milliseconds: Int) {
    queue.push(occurrence, at: now + Interval(milliseconds: milliseconds))
  }
}
