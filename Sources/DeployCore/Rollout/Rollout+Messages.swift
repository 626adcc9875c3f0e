import DeployModel

/// What people and programs say while it runs. Each message gets one answer.
extension Rollout {
  /// Nothing new is begun.
  var isPaused: Bool { pause != nil && lapse != .pauseIgnored }

  mutating func said(_ message: Message) {
    switch message.kind {
    case .cancel: cancel(message)
    case .pause: pause(message)
    case .resume: resume(message)
    case .approve, .reject, .promote: answerGate(message)
    }
  }

  /// Says what became of a message.
  mutating func answer(_ message: Message, accepted: Bool, _ words: String) {
    note(.answered(message: message.id, accepted: accepted, words))
  }

  // MARK: cancel

  /// Ends it in good order. A rollback that follows from a failure is not cancelled: half way back is the worst place to stop.
  private mutating func cancel(_ message: Message) {
    if isWayBack {
      return answer(message, accepted: false, "not cancelled (\(message.words)): a rollback that follows from a failure runs to its end")
    }
    if case .notifying = phase {
      let words = "every host has come to its end; \(noticeName) is ended"
      answer(message, accepted: false, "the cancel (\(message.words)) comes too late: \(words)")
      return endNotices(Failure(.cancelled, message.words))
    }
    if cancelled { return answer(message, accepted: true, "it is being cancelled already (\(message.words))") }
    switch phase {
    case .planned, .locking, .stage, .settling:
      let words = "nothing new is started, what runs is finished or ended, hosts are restored"
      answer(message, accepted: true, "Cancelling (\(message.words)): \(words)")
      cancel(message.words)
    case .shiftingBack, .notifying, .pruning, .unlocking, .concluded:
      answer(message, accepted: false, "the cancel (\(message.words)) comes too late: every host has come to its end")
    }
  }

  /// It takes hosts back because a deployment failed or was cancelled.
  private var isWayBack: Bool { if case .rollback(of: .some) = plan.kind { true } else { false } }

  // MARK: pause and resume

  private mutating func pause(_ message: Message) {
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

  private mutating func resume(_ message: Message) {
    if pause == nil, gate?.gate.kind == .pause { return answerGate(message) }
    guard pause != nil else { return answer(message, accepted: false, "not resumed (\(message.words)): it is not paused") }
    answer(message, accepted: true, "Resumed by \(message.words)")
    proceed()
  }

  /// Begins what the pause held.
  private mutating func proceed() {
    endPause()
    announceWave()
    admit()
    guard case .stage(let index) = phase else { return }
    if isStageHeld {
      beginStage(index)
    } else if case .upload = plan.flow.stages[index] {
      upload()
    }
  }

  /// The pause is over, whatever ended it.
  mutating func endPause() {
    guard let over = pause else { return }
    outbox.forget(timer: over.timer)
    pause = nil
    note(.paused(nil))
  }

  /// Nobody resumed it in time. A deployment fails closed; a rollback that follows from a failure has no safer place to go than its end.
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
}
