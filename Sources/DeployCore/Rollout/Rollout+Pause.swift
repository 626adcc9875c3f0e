import DeployModel

/// A pause: nothing new begins, and running operations finish.
extension Rollout {
  /// A script's request that waits for the end of the pause.
  enum Held: Sendable, Hashable {
    case perform(ScriptID, Place, DeployModel.Operation, timeout: Interval?)
    case decide(ScriptID, Decision)
    /// A strategy's request to set weights, for which the adapter has already read the previous weights.
    case weights(ScriptID, Weights)

    var script: ScriptID {
      switch self {
      case .perform(let script, _, _, _), .decide(let script, _), .weights(let script, _): script
      }
    }
  }

  /// Whether a pause prevents new work from beginning.
  var isPaused: Bool { pause != nil && lapse != .pauseIgnored }

  /// Whether a pause delays checks and the requests of strategies and stages. Hooks and the traffic adapter continue to their end.
  var holdsScripts: Bool { isPaused && plan.flow.rules != nil }

  mutating func pause(_ message: Message) {
    switch phase {
    case .planned, .locking, .stage: break
    case .settling, .shiftingBack, .notifying, .pruning, .unlocking, .concluded:
      return answer(message, accepted: false, "the pause (\(message.words)) comes too late: nothing new is begun any more")
    }
    if let pause { return answer(message, accepted: false, "it is paused already, by \(pause.message.words)") }
    pause = Hold(message: message, timer: outbox.ring(.pause, after: Deadlines.pause))
    note(.paused(message))
    let then = "If nobody resumes it within \(Deadlines.pause), \(isWayBack ? "it continues by itself" : "it is cancelled")"
    answer(message, accepted: true, "Paused by \(message.words). Nothing new is begun, what runs comes to its end. \(then)")
  }

  /// Ends the pause that was in force when the message was sent, or passes the gate that was open then.
  mutating func resume(_ message: Message) {
    let sawGate = message.number.map { $0 > 0 }
    if sawGate == true || sawGate == nil && pause == nil && gate?.gate.kind == .pause { return answerGate(message) }
    guard let pause else {
      let gate = gate.map { "; gate \($0.number), \"\($0.gate.name)\", is open" } ?? ""
      let what = message.pause == nil ? "it is not paused" : "the pause that it is for is over"
      return answer(message, accepted: false, "not resumed (\(message.words)): \(what)\(gate)")
    }
    if sawGate != nil, message.pause != pause.message.id {
      let what = message.pause == nil ? "it was not paused when it was sent" : "the pause that it is for is over"
      let now = "it is paused by \(pause.message.words) now"
      return answer(message, accepted: false, "not resumed (\(message.words)): \(what); \(now)")
    }
    answer(message, accepted: true, "Resumed by \(message.words)")
    proceed()
  }

  /// Ends the pause and begins everything that waited for its end.
  private mutating func proceed() {
    endPause()
    doubtTraffic()
    release()
    announceWave()
    admit()
    guard case .stage(let index) = phase else { return }
    if isStageHeld {
      beginStage(index)
    } else if case .upload = plan.flow.stages[index] {
      upload()
    }
  }

  /// Records that the pause is over, no matter why.
  mutating func endPause() {
    guard let over = pause else { return }
    outbox.forget(timer: over.timer)
    pause = nil
    note(.paused(nil))
  }

  /// Handles a pause that nobody has ended in time. A deployment is then cancelled. A rollback after a failure continues, because its
  /// result is the safest state.
  mutating func pauseEnded() {
    guard let over = pause else { return }
    let reason = "paused by \(over.message.words), and nobody resumed it within \(Deadlines.pause)"
    guard isWayBack else {
      endPause()
      return cancel(reason)
    }
    note(.remark("\(reason): the rollback continues"))
    proceed()
  }

  // MARK: what scripts ask for

  /// Whether a script has to wait for the end of the pause. A cancelled script is allowed to clean up immediately.
  func isHeld(_ script: ScriptID) -> Bool {
    guard holdsScripts, !tree[script].told else { return false }
    switch tree.owner(of: script) {
    case .strategy, .stage, .condition: return true
    default: return false
    }
  }

  mutating func hold(_ asked: Held) {
    tree[asked.script].waiting = .held
    tree.suspendDeadlines(around: asked.script, &outbox)
    held.append(asked)
  }

  /// Begins the requests that waited, in order. The requests of scripts that have ended are skipped.
  private mutating func release() {
    tree.renewDeadlines(&outbox)
    let asked = held
    held = []
    for one in asked where tree[one.script].waiting == .held {
      switch one {
      case .perform(let script, let place, let operation, let timeout): perform(script, place, operation, timeout)
      case .decide(let script, let decision): decide(script, decision)
      case .weights(let script, let weights): set(weights, for: script)
      }
    }
    if gate?.isHeld == true { check() }
  }
}
