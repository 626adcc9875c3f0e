import DeployCore
import DeployModel

/// The engine's part, step by step as the real one takes it: what happened is written down, then the core hears of it; what it wants
/// is written down, then done.
extension Simulation {
  /// Plans are written down and the core is told that it starts.
  mutating func begin(_ engine: Int) {
    guard !dies(engine) else { return queue.push(.begin(engine: engine), at: now + absence) }
    checkers.began(engine, engines[engine].plan, engines[engine].fleet, hosts: hosts)
    guard append([.planned(engines[engine].plan)], by: engine) else { return }
    let scripts = scripts
    guard wake(engine, { [lapse] in Conductor(plan: $0, scripts: try scripts($0), lapse: lapse) }) else { return }
    guard !crashes(engine) else { return }
    take(.started, by: engine)
  }

  /// One turn: one outside event.
  mutating func take(_ happening: Happening, by engine: Int) {
    guard engines[engine].isAlive else { return }
    record(happening, of: engine)
    guard !crashes(engine), append([.happened(happening)], by: engine), !crashes(engine) else { return }
    guard let effects = engines[engine].conductor?.take(happening) else { return }
    carryOut(effects, by: engine)
  }

  /// Writes down what the core wants, and does it.
  private mutating func carryOut(_ effects: [Effect], by engine: Int) {
    let effects = effects.map { effect -> Effect in
      if case .perform(let intent) = effect { .perform(intent.sealed(at: now, chain: nil)) } else { effect }
    }
    let facts: [Entry.Fact] = effects.compactMap { effect in
      switch effect {
      case .perform(let intent): .intended(intent)
      case .note(let note): .noted(note)
      case .conclude(let conclusion): .concluded(conclusion)
      default: nil
      }
    }
    if defect == .effectBeforeAppend {
      for case .perform(let intent) in effects where !perform(intent, by: engine) { return }
    }
    if !facts.isEmpty {
      guard !crashes(engine), append(facts, by: engine), !crashes(engine) else { return }
    }
    for effect in effects {
      switch effect {
      case .perform(let intent):
        if defect != .effectBeforeAppend, !perform(intent, by: engine) { return }
      case .cancel(let intent): cancel(intent, by: engine)
      case .ring(let timer, let after):
        queue.push(.ring(engine: engine, incarnation: engines[engine].incarnation, timer: timer), at: now + after)
      case .conclude(let conclusion): conclude(engine, conclusion)
      case .start, .step, .kill, .note: break
      }
    }
  }

  /// - Returns: false where the engine died just before or after.
  private mutating func perform(_ intent: Intent, by engine: Int) -> Bool {
    guard !crashes(engine) else { return false }
    engines[engine].expect(intent)
    checkers.sent(engine, intent, hosts: hosts)
    send(intent, from: engine)
    return !crashes(engine)
  }

  /// Goes on where a dead engine stopped.
  mutating func resume(_ engine: Int) {
    guard !engines[engine].isAlive else { return }
    if let conclusion = engines[engine].conclusion { return follow(engine, conclusion) }
    guard !engines[engine].entries.isEmpty else { return begin(engine) }
    do {
      let plan = engines[engine].plan
      let recovery = try Recovery(replaying: engines[engine].entries, of: plan, scripts: try scripts(plan), lapse: lapse)
      guard wake(engine, { _ in recovery.conductor }) else { return }
      guard append([.resumed(actor: "simulation")], by: engine), !crashes(engine) else { return }
      if let conclusion = recovery.conclusion { return conclude(engine, conclusion) }
      for timer in recovery.timers {
        queue.push(
          .ring(engine: engine, incarnation: engines[engine].incarnation, timer: timer.number), at: max(now, timer.since + timer.after))
      }
      for intent in recovery.outstanding where !perform(intent, by: engine) { return }
      for intent in recovery.cancelled { cancel(intent, by: engine) }
      if engines[engine].entries.contains(where: { if case .happened = $0.fact { true } else { false } }) {
        carryOut(recovery.unjournalled, by: engine)
      } else {
        take(.started, by: engine)
      }
    } catch {
      stopped = "replay: \(error)"
    }
  }

  private mutating func wake(_ engine: Int, _ make: (Plan) throws -> Conductor) -> Bool {
    do {
      engines[engine].conductor = try make(engines[engine].plan)
      engines[engine].aliveUntil = nil
      return true
    } catch {
      stopped = "scripts: \(error)"
      return false
    }
  }

  private mutating func conclude(_ engine: Int, _ conclusion: Conclusion) {
    engines[engine].conclusion = conclusion
    engines[engine].conductor = nil
    engines[engine].aliveUntil = now
    checkers.concluded(engine, conclusion, hosts: hosts)
    guard !dies(engine) else { return queue.push(.restart(engine: engine), at: now + absence) }
    follow(engine, conclusion)
  }

  /// A failed deployment becomes a deployment of what ran before.
  private mutating func follow(_ engine: Int, _ conclusion: Conclusion) {
    guard !engines[engine].followed, !conclusion.rollback.isEmpty else { return }
    engines[engine].followed = true
    if let plan = followUp?(engines[engine].plan, conclusion, now) { add(plan) }
  }

  // MARK: journal and death

  private mutating func append(_ facts: [Entry.Fact], by engine: Int) -> Bool {
    let first = engines[engine].sequence
    let entries = facts.enumerated().map { Entry(sequence: first + $0.offset, at: now, fact: $0.element) }
    engines[engine].sequence += entries.count
    if keepsEntries { engines[engine].entries += entries }
    checkers.appended(engine, entries, hosts: hosts)
    do {
      try journal?(engines[engine].plan.id, entries)
      return true
    } catch {
      stopped = "journal: \(error)"
      return false
    }
  }

  /// An instant at which the engine may die. Dead, it is resumed a little later.
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
    }
  }
}
