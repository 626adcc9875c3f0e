import DeployCore
import DeployModel

/// The engine's part of the simulation. It uses the ledger of the real engine and performs its moves. It can die between any two moves.
extension Simulation {
  /// Starts a deployment.
  mutating func begin(_ engine: Int) {
    let (plan, lapse, scripts) = (engines[engine].plan, lapse, scripts)
    checkers.began(engine, plan, Array(engines[engine].fleet.prefix(plan.hosts.count)), hosts: hosts)
    drive(engine) { Ledger(plan: plan, scripts: try scripts(plan), lapse: lapse) }
  }

  /// Continues where a dead engine stopped.
  mutating func resume(_ engine: Int) {
    guard !engines[engine].isAlive else { return }
    if let conclusion = engines[engine].conclusion { return follow(engine, conclusion) }
    guard !engines[engine].entries.isEmpty else { return begin(engine) }
    let (plan, lapse, scripts, entries, now) = (engines[engine].plan, lapse, scripts, engines[engine].entries, now)
    // To the hosts of a parked deployment, each process is a different engine.
    let claim = "\(engine)-\(engines[engine].incarnation)"
    drive(engine) {
      try Ledger(resuming: entries, of: plan, scripts: try scripts(plan), actor: "simulation", claim: claim, at: now, lapse: lapse)
    }
  }

  /// Passes one outside event to the engine, if the engine is alive.
  mutating func take(_ happening: Happening, by engine: Int) {
    guard engines[engine].isAlive else { return }
    engines[engine].ledger?.take([happening])
    drive(engine)
  }

  /// Puts a message into the mailbox, where it stays until an engine takes it. An engine that is alive gets it immediately.
  mutating func say(_ message: Message, to engine: Int) {
    guard engines.indices.contains(engine) else { return }
    engines[engine].mailbox.append(message)
    checkers.told(engine, message)
    take(.said(message), by: engine)
  }

  private mutating func drive(_ engine: Int, _ make: () throws -> Ledger) {
    do {
      engines[engine].ledger = try make()
      let mailbox = engines[engine].mailbox
      engines[engine].ledger?.take(mailbox.map { .said($0) })
      engines[engine].aliveUntil = nil
      drive(engine)
    } catch let problems as Problems {
      stopped = problems.list.map(\.message).joined(separator: "; ")
    } catch {
      stopped = "\(error)"
    }
  }

  /// Performs moves until none is left, or until the engine dies.
  private mutating func drive(_ engine: Int) {
    while let move = engines[engine].ledger?.move(at: now) {
      switch move {
      case .append(let entries): guard !crashes(engine), append(entries, by: engine), !crashes(engine) else { return }
      case .head: engines[engine].ledger?.seal(chain: nil)
      case .perform(let intent): guard perform(intent, by: engine) else { return }
      case .cancel(let intent): cancel(intent, by: engine)
      case .ring(let timer, let after):
        queue.push(.ring(engine: engine, incarnation: engines[engine].incarnation, timer: timer), at: now + after)
      case .take(let message): engines[engine].mailbox.removeAll { $0.id == message }
      case .end(let conclusion): conclude(engine, conclusion)
      }
    }
    leaveOrStay(engine)
  }

  /// If the engine is allowed to exit, schedules its exit in two seconds. If the deployment is already parked, ends its engine.
  private mutating func leaveOrStay(_ engine: Int) {
    guard let parks, let ledger = engines[engine].ledger else { return }
    if ledger.isParked {
      engines[engine].die(at: now)
      return queue.push(.restart(engine: engine), at: now + parks)
    }
    guard let gate = ledger.parkableGate, engines[engine].leaves != gate else { return }
    engines[engine].leaves = gate
    queue.push(.park(engine: engine, incarnation: engines[engine].incarnation, gate: gate), at: now + .seconds(2))
  }

  /// Makes the engine exit if the same gate is still waiting for a person.
  mutating func park(_ engine: Int, gate: Int) {
    guard engines[engine].ledger?.parkableGate == gate else { return }
    let opened = engines[engine].entries.last { if case .noted(.gateOpened(gate, _)) = $0.fact { true } else { false } }
    guard let opened, case .noted(.gateOpened(_, let asked)) = opened.fact else { return }
    take(.parks(Parking(at: now, until: opened.at + asked.time)), by: engine)
  }

  /// Performs an operation.
  /// - Returns: false if the engine died just before or just after the operation.
  private mutating func perform(_ intent: Intent, by engine: Int) -> Bool {
    guard !crashes(engine) else { return false }
    engines[engine].expect(intent)
    checkers.sent(engine, intent, hosts: hosts)
    send(intent, from: engine)
    return !crashes(engine)
  }

  private mutating func conclude(_ engine: Int, _ conclusion: Conclusion) {
    engines[engine].conclusion = conclusion
    engines[engine].ledger = nil
    engines[engine].aliveUntil = now
    checkers.concluded(engine, conclusion, hosts: hosts)
    guard !dies(engine) else { return queue.push(.restart(engine: engine), at: now + absence) }
    follow(engine, conclusion)
  }

  /// Plans the rollback that follows a failed deployment.
  private mutating func follow(_ engine: Int, _ conclusion: Conclusion) {
    guard !engines[engine].followed, conclusion.owesWayBack else { return }
    engines[engine].followed = true
    if let plan = followUp?(engines[engine].plan, conclusion, now) { add(plan) }
  }

  // MARK: journal and death

  /// Appends entries.
  /// - Returns: false if the journal refuses them.
  private mutating func append(_ entries: [Entry], by engine: Int) -> Bool {
    for entry in entries { if case .happened(let happening) = entry.fact { record(happening, of: engine) } }
    if keepsEntries {
      engines[engine].entries.growSlowly(by: entries.count)
      engines[engine].entries += entries
    }
    checkers.appended(engine, entries, hosts: hosts)
    if answersGates || !gateAnswers.isEmpty {
      for entry in entries { if case .noted(let note) = entry.fact { answer(note, of: engine) } }
    }
    do {
      try journal?(engines[engine].plan.id, entries)
      return true
    } catch {
      stopped = "journal: \(error)"
      return false
    }
  }

  private mutating func answer(_ note: Note, of engine: Int) {
    guard case .gateOpened(let number, let gate) = note, let kind = answer(to: gate) else { return }
    for (index, signer) in (kind == .approve ? gate.simulatedSigners : [nil]).enumerated() {
      let id = "answer-\(engine)-\(number)" + (index == 0 ? "" : "-\(index)")
      var message = Message(id: id, kind, by: "rehearsal", at: now)
      message.means(Awaited(gate: number, kind: gate.kind))
      message.signer = signer
      queue.push(.say(engine: engine, message), at: now + .seconds(1 + index))
    }
  }

  private func answer(to gate: Gate) -> Message.Kind? {
    if let chosen = gateAnswers[gate.name] { return chosen == .approve && gate.kind == .pause ? .resume : chosen }
    guard answersGates else { return nil }
    return switch gate.kind {
    case .time, .check, .analysis: nil
    case .approval: .approve
    case .pause: .resume
    }
  }

  /// Counts a moment at which the engine can die. Returns true if the engine dies now. In that case, another engine resumes a little later.
  mutating func crashes(_ engine: Int) -> Bool {
    guard dies(engine) else { return false }
    engines[engine].die(at: now)
    queue.push(.restart(engine: engine), at: now + absence)
    return true
  }

  private mutating func dies(_ engine: Int) -> Bool {
    let point = crashPoints
    crashPoints += 1
    if crashes.first == point {
      crashes.removeFirst()
      return true
    }
    return faults.crash > 0 && keepsEntries
      && dice.share(.crash, host: engine, intent: point, deployment: engine) < faults.crash / 4
  }

  private mutating func record(_ happening: Happening, of engine: Int) {
    func add(_ number: Int) {
      var rest = UInt64(bitPattern: Int64(number))
      for _ in 0..<8 {
        digest = (digest ^ (rest & 255)) &* 1_099_511_628_211
        rest >>= 8
      }
    }
    add(now.milliseconds)
    add(engine)
    switch happening {
    case .started: add(-1)
    case .finished(let intent, let outcome): add(outcome.failure == nil ? intent : -intent)
    case .rang(let timer): add(timer)
    case .cancelled: add(-2)
    case .said: add(-3)
    case .overtaken: add(-4)
    case .parks: add(-5)
    case .unparks: add(-6)
    case .revived: add(-7)
    }
  }
}
