import DeployModel

/// Handles the stages of which hosts keep a mark: stages that run once for a revision, are irreversible, or can be undone.
extension Rollout {
  /// Runs the function of the current stage, unless a mark or an option says that the stage has already run.
  mutating func runStage() {
    guard case .stage(let index) = phase, case .script(let name, _, let function, _, _, let terms) = plan.flow.stages[index] else { return }
    guard let terms, terms.leavesMark, !isOutline, lapse != .markForgotten else { return call(function) }
    let hosts = hostsRemembering(terms)
    standIn = nil
    if terms.undoes != nil {
      if let error = undoRefusal { return stageEnded(error) }
      return ask(.again, mark(.undoing), of: hosts, then: .beginning)
    }
    switch terms.settled {
    case .ran(let mark): pass(on: mark, to: hosts)
    case .told:
      note(.remark("stage \"\(name)\" does not run: \(plan.origin.actor) says that it is done for this revision"))
      barReturn()
      ask(.end, mark(.done), of: hosts, then: .ending(nil))
    // A host that was unreachable when the stage was undone might still have the mark *done*.
    case .again, .owed: ask(.again, mark(.begun), of: hosts, then: .beginning)
    case nil: ask(terms.once == .revision ? .begin : .again, mark(.begun), of: hosts, then: .beginning)
    }
  }

  private mutating func call(_ function: Int) {
    barReturn()
    let undo = undoing
    if undo != nil { limitUndo() } else { remembersBegun() }
    let subject = standIn.map { .undo(first: $0, undo?.error) } ?? undo?.error.map { .failure($0) } ?? Subject.deployment
    startRoot(Body(recipe: undo?.recipe ?? 0, function: function), on: subject, owner: .stage, site: Intent.Site(stage: stageName))
  }

  /// If the current stage is irreversible, no host is rolled back from now on.
  private mutating func barReturn() {
    if isIrreversible { stayForward() }
  }

  /// Records that no host is rolled back past the current stage.
  mutating func stayForward() {
    pastReturn = pastReturn ?? stageName
    if lapse != .returnsAnyway { traffic.keep() }
  }

  /// Passes the mark of a stage that ran for this revision to hosts that lack the mark, such as new hosts.
  private mutating func pass(on mark: StageMark, to hosts: [Int]) {
    let ran = "it ran for this revision in deployment \(mark.deployment) of \(mark.by)"
    note(.remark("stage \"\(mark.stage)\" does not run: \(ran); lander deploy --again \(mark.stage.shellWord) runs it again"))
    barReturn()
    ask(.end, mark, of: hosts, then: .passing)
  }

  /// Returns the hosts that record the stage's mark: all locked hosts that can be reached and, of the partners, only the register and the
  /// one on which the stage runs.
  private func hostsRemembering(_ terms: StageTerms) -> [Int] {
    let elected = plan.elected(for: terms)
    return lockedHosts.filter { number in
      guard let partner = plan.partner(number) else { return refusal(of: number) == nil }
      return number == elected || partner.register != nil
    }
  }

  private func mark(_ state: StageMark.State) -> StageMark {
    if var mark = undoing?.mark {
      mark.state = state
      // Until the undo begins, the mark names the deployment that ran the stage.
      if state == .undoing || state == .undone { (mark.deployment, mark.by) = (plan.id, plan.origin.actor) }
      if state == .undone { mark.at = max(mark.at, plan.receiptTime) }
      return mark
    }
    return StageMark(
      stage: stageName, revision: plan.content.inputs.bundle, state: state, deployment: plan.id, by: plan.origin.actor,
      at: plan.receiptTime, isIrreversible: isIrreversible, undo: markedStage.flatMap(undoTime))
  }

  private var isIrreversible: Bool { markedStage.map { plan.flow.stages[$0].terms?.irreversible == true } ?? false }

  /// The index of the stage whose mark is being recorded. It stays valid after the deployment has failed.
  var markedStage: Int? { plan.flow.stages.firstIndex { $0.name.isExactly(stageName) && $0.terms != nil } }

  /// Makes hosts restore the mark that they had before the current stage began.
  private mutating func takeBack(of hosts: [Int], _ error: ScriptError?) {
    if let undo = undoing { return ask(.end, undo.mark, of: hosts, then: .ending(error)) }
    ask(.drop, mark(.failed), of: hosts, then: .ending(error))
  }

  private mutating func ask(_ act: MarkRequest.Act, _ mark: StageMark, of hosts: [Int], then step: Marking.Step) {
    marking.begin(step, asking: hosts.count)
    for host in hosts {
      _ = outbox.perform(.host(host), .mark(MarkRequest(act, mark)), for: .mark(host), site: Intent.Site(stage: mark.stage))
    }
    if hosts.isEmpty { allAnswered() }
  }

  mutating func marked(_ host: Int, _ outcome: Outcome) {
    marking.answered(host, outcome)
    if marking.waiting == 0 { allAnswered() }
  }

  private mutating func allAnswered() {
    switch marking.step {
    case .idle, .running: return
    case .beginning: decideMarks()
    case .passing:
      remarkForgetful("that stage \"\(stageName)\" ran")
      marking.begin(.idle, asking: 0)
      stageEnded(nil)
    case .ending(let error):
      let lacking = error == nil && marking.written.isEmpty && phase != .settling ? marking.failed : nil
      remarkForgetful("how stage \"\(stageName)\" ended")
      marking.begin(.idle, asking: 0)
      stageEnded(error ?? lacking.map { ScriptError(forgotten($0.failure), host: plan.name(ofHost: $0.host)) })
    }
  }

  private mutating func remarkForgetful(_ what: String) {
    guard let refused = marking.failed else { return }
    note(.remark("\(plan.name(ofHost: refused.host)) does not remember \(what): \(refused.failure.message)"))
  }

  private func forgotten(_ failure: Failure) -> Failure {
    if let undo = undoing {
      return Failure(
        failure.kind, "stage \"\(undo.mark.stage)\" is undone, and no host could remember that: \(failure.message)",
        fix: "when hosts are well again: lander deploy \(typed) --again \(undo.mark.stage)")
    }
    return Failure(
      failure.kind, "stage \"\(stageName)\" ran, and no host could remember it: \(failure.message)",
      fix: "when hosts are well again: lander deploy \(typed) --ran \(stageName)")
  }

  /// The arguments after `lander deploy` or `lander rollback`.
  var typed: String { plan.typed(TypedOptions.Part.allCases) }

  /// Decides what follows from the hosts' answers: a host recorded that the stage begins, or it reported the mark of another deployment.
  private mutating func decideMarks() {
    let written = marking.written
    if phase == .settling { return takeBack(of: written, failure) }
    if let found = marking.decisive {
      if found.state == .done { return pass(on: found, to: written) }
      barReturn()
      return takeBack(of: written, ScriptError(found.lost(typed: typed)))
    }
    if let error = electAgain(among: written) { return takeBack(of: written, error) }
    if let refused = marking.failed, standIn == nil, needsAnswer(of: refused.host) || written.isEmpty {
      return takeBack(of: written, ScriptError(refused.failure, host: plan.name(ofHost: refused.host)))
    }
    remarkForgetful("that stage \"\(stageName)\" begins")
    guard case .stage(let index) = phase, case .script(_, _, let function, _, _, _) = plan.flow.stages[index] else { return }
    marking.run()
    keeping = written
    call(function)
  }

  /// Whether the stage runs on this host. A stage does not run on a host that cannot record its mark.
  private func needsAnswer(of host: Int) -> Bool {
    guard case .stage(let index) = phase, let terms = plan.flow.stages[index].terms else { return false }
    return plan.elected(for: terms) == host
  }

  /// Whether it is unclear if the stage was completed, for example because its function was cancelled after its last command.
  private func hasUnknownEnd(_ error: ScriptError) -> Bool {
    if error.failure.leavesUnknown { return true }
    return plan.flow.rules?.doubtsCancelled == true && error.failure.kind == .cancelled && marking.isInDoubt
  }

  /// Handles the end of a stage's function, if hosts keep a mark of the stage.
  /// - Returns: whether hosts are asked to record how the stage ended. If so, the stage ends only after their answers.
  mutating func endMarks(_ error: ScriptError?) -> Bool {
    guard marking.step == .running else { return false }
    if undoing != nil { return endUndo(error) }
    let isUnknown = error.map(hasUnknownEnd) == true && lapse != .lostForgotten
    remembersEnd(error, isUnknown: isUnknown)
    if isUnknown {
      marking.begin(.idle, asking: 0)
      return false
    }
    // A failed stage keeps its mark if its effects might still have to be undone.
    let stays = isIrreversible || markedStage.flatMap(undoTime) != nil
    ask(error == nil || stays ? .end : .drop, mark(error == nil ? .done : .failed), of: keeping, then: .ending(error))
    return true
  }

  /// Handles the end of a function that undoes a stage.
  private mutating func endUndo(_ error: ScriptError?) -> Bool {
    if let timer = undoTimer { outbox.forget(timer: timer) }
    undoTimer = nil
    if error == nil, lapse == .undoneTwice, !isUndoneAgain, case .stage(let index) = phase,
      case .script(_, _, let function, _, _, _) = plan.flow.stages[index]
    {
      isUndoneAgain = true
      call(function)
      return true
    }
    if error.map(hasUnknownEnd) == true {
      marking.begin(.idle, asking: 0)
      return false
    }
    // A failed undo might have undone half of the stage, so the mark must no longer say *done*.
    if let error {
      ask(.end, mark(.failed), of: keeping, then: .ending(error))
    } else {
      let remembers = plan.flow.rules?.remembersUndone == true
      ask(remembers ? .end : .drop, mark(remembers ? .undone : .undoing), of: keeping, then: .ending(nil))
    }
    return true
  }
}
