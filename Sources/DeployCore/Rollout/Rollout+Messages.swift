import DeployModel

/// Handles messages from people and programs to the running deployment. Each message gets one answer.
extension Rollout {
  mutating func said(_ message: Message) {
    switch message.kind {
    case .cancel: cancel(message)
    case .pause: pause(message)
    case .resume: resume(message)
    case .approve, .reject, .promote: answerGate(message)
    }
  }

  /// Counts a message. Says what happens at the limit before it is reached.
  mutating func countMessage() {
    unsettled += 1
    guard unsettled == Ledger.messages / 10 * 9, plan.flow.rules?.warnsOfMessages == true else { return }
    note(
      .remark(
        "\(unsettled) messages came and closed no gate: after \(Ledger.messages) of them, all further ones are dropped without an answer "
          + "until a gate is closed, except \(Ledger.lateCancels) that cancel the deployment"))
  }

  /// Writes the answer to a message into the journal.
  mutating func answer(_ message: Message, accepted: Bool, _ words: String) {
    note(.answered(message: message.id, accepted: accepted, words))
  }

  // MARK: cancel

  /// Cancels the deployment in an orderly way. A rollback after a failure is not cancelled, because half a rollback is the worst state. In
  /// such a rollback, only the undo of a stage can be cancelled.
  private mutating func cancel(_ message: Message) {
    if isWayBack, isUndoing {
      answer(message, accepted: true, "Ending the \(stageName) (\(message.words)): hosts stay as they are")
      return cancelUndo(Failure(.cancelled, message.words))
    }
    if isWayBack {
      return answer(message, accepted: false, "not cancelled (\(message.words)): a rollback that follows from a failure runs to its end")
    }
    if case .notifying = phase {
      let words = "\(whatFollows); \(noticeName) is ended"
      answer(message, accepted: false, "the cancel (\(message.words)) comes too late: \(words)")
      return endNotices(Failure(.cancelled, message.words))
    }
    if cancelled { return answer(message, accepted: true, "it is being cancelled already (\(message.words))") }
    switch phase {
    case .planned, .locking, .stage, .settling:
      answer(message, accepted: true, "Cancelling (\(message.words)): \(whatCancelDoes)")
      cancel(message.words)
    case .shiftingBack, .notifying, .pruning, .unlocking, .concluded:
      answer(message, accepted: false, "the cancel (\(message.words)) comes too late: \(whatFollows)")
    }
  }

  /// A clause that says what happens to running operations and to hosts.
  private var whatCancelDoes: String {
    if phase == .settling { return "what runs is ended; \(whatFollows)" }
    let end = "nothing new is started, what runs is finished or ended, "
    if plan.kind.task != nil { return end + "and hosts that left their traffic get it back" }
    if plan.kind.removal != nil { return end + "hosts from which it is gone stay so, and others keep it" }
    if plan.kind != .deploy { return end + "hosts that went back already stay so" }
    return end + (goesBack ? "hosts are restored" : "hosts stay as they are, because \(whyNothingGoesBack)")
  }

  /// Whether this is a rollback that follows a failed or cancelled deployment.
  var isWayBack: Bool { if case .rollback(of: .some) = plan.kind { true } else { false } }
}
