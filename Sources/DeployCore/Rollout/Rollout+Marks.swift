package import DeployModel

/// Stages that hosts remember: once for a revision, or with no way back.
extension Rollout {
  /// Runs the function of the stage under way, if nothing says that it ran.
  mutating func runStage() {
    guard case .stage(let index) = phase, case .script(let name, _, let function, _, _, let terms) = plan.flow.stages[index] else { return }
    if terms?.irreversible == true { pastReturn = name }
    guard let terms, terms.leavesMark, !isOutline, lapse != .markForgotten else { return call(function) }
    switch terms.settled {
    case .ran(let mark): skip(mark)
    case .told:
      note(.remark("stage \"\(name)\" does not run: \(plan.origin.actor) says that it is done for this revision"))
      ask(.end, .done, of: keepers(terms), then: .ending(nil))
    case .again: ask(.again, .begun, of: keepers(terms), then: .beginning)
    case nil: ask(terms.once == .revision ? .begin : .again, .begun, of: keepers(terms), then: .beginning)
    }
  }

  private mutating func call(_ function: Int) {
    guard case .stage(let index) = phase else { return }
    startRoot(
      Body(recipe: 0, function: function), on: .deployment, owner: .stage, site: Intent.Site(stage: plan.flow.stages[index].name))
  }

  private mutating func skip(_ mark: StageMark) {
    note(.remark("stage \"\(mark.stage)\" does not run: it ran for this revision in deployment \(mark.deployment) of \(mark.by)"))
    stageEnded(nil)
  }

  /// Hosts that remember the stage: all that are locked and not lost, of partners the one that the stage runs on.
  private func keepers(_ terms: StageTerms) -> [Int] {
    let elected = plan.elected(for: terms)
    return lockedHosts.filter { plan.partner($0) == nil ? refusal(of: $0) == nil : $0 == elected }
  }

  private mutating func ask(_ act: MarkRequest.Act, _ state: StageMark.State, of hosts: [Int], then step: Marking.Step) {
    guard let index = markedStage else { return }
    let stage = plan.flow.stages[index]
    marking.begin(step, asking: hosts.count)
    let mark = StageMark(
      stage: stage.name, revision: plan.content.inputs.bundle, state: state, deployment: plan.id, by: plan.origin.actor,
      at: plan.receiptTime,
      isIrreversible: stage.terms?.irreversible == true)
    for host in hosts {
      _ = outbox.perform(.host(host), .mark(MarkRequest(act, mark)), for: .mark(host), site: Intent.Site(stage: stage.name))
    }
    if hosts.isEmpty { allAnswered() }
  }

  /// The stage whose marks are written: that of the phase, also after the deployment has failed.
  private var markedStage: Int? { plan.flow.stages.firstIndex { $0.name.isExactly(stageName) && $0.terms != nil } }

  mutating func marked(_ host: Int, _ outcome: Outcome) {
    marking.answered(host, outcome)
    if marking.waiting == 0 { allAnswered() }
  }

  private mutating func allAnswered() {
    switch marking.step {
    case .idle, .running: return
    case .ending(let error):
      let lacking = error == nil && marking.written.isEmpty && phase != .settling ? marking.failed : nil
      if let refused = marking.failed {
        let name = plan.name(ofHost: refused.host)
        note(.remark("\(name) does not remember how stage \"\(stageName)\" ended: \(refused.failure.message)"))
      }
      marking.begin(.idle, asking: 0)
      stageEnded(error ?? lacking.map { ScriptError(forgotten($0.failure), host: plan.name(ofHost: $0.host)) })
    case .beginning: decideMarks()
    }
  }

  private func forgotten(_ failure: Failure) -> Failure {
    Failure(
      failure.kind, "stage \"\(stageName)\" ran, and no host could remember it: \(failure.message)",
      fix: "when hosts are well again: lander deploy \(plan.subject.recipe) --ran \(stageName)")
  }

  private mutating func decideMarks() {
    let written = marking.written
    var error: ScriptError?
    if phase == .settling {
      error = failure
    } else if let mark = marking.decisive {
      if mark.state == .done {
        note(.remark("stage \"\(mark.stage)\" does not run: it ran for this revision in deployment \(mark.deployment) of \(mark.by)"))
      } else {
        error = ScriptError(mark.lost(recipe: plan.subject.recipe))
      }
    } else if let refused = marking.failed, needsAnswer(of: refused.host) || written.isEmpty {
      error = ScriptError(refused.failure, host: plan.name(ofHost: refused.host))
    } else if case .stage(let index) = phase, case .script(_, _, let function, _, _, _) = plan.flow.stages[index] {
      marking.run()
      keeping = written
      return call(function)
    }
    ask(.drop, .failed, of: written, then: .ending(error))
  }

  /// Whether the stage runs there: a host that cannot remember it does not run it.
  private func needsAnswer(of host: Int) -> Bool {
    guard case .stage(let index) = phase, let terms = plan.flow.stages[index].terms else { return false }
    return plan.elected(for: terms) == host
  }

  /// The function of a stage that hosts remember has ended.
  /// - Returns: whether hosts are told how.
  mutating func endMarks(_ error: ScriptError?) -> Bool {
    guard marking.step == .running else { return false }
    if let error, error.failure.leavesUnknown, lapse != .lostForgotten {
      marking.begin(.idle, asking: 0)
      return false
    }
    let isIrreversible = markedStage.map { plan.flow.stages[$0].terms?.irreversible == true } ?? false
    let act: MarkRequest.Act = error == nil || isIrreversible ? .end : .drop
    ask(act, error == nil ? .done : .failed, of: keeping, then: .ending(error))
    return true
  }
}

extension Plan {
  /// The number of the host that a stage runs on; nil: it names none, or none is there.
  package func elected(for terms: StageTerms) -> Int? {
    switch terms.ground {
    case nil, .engine: nil
    case .host: hosts.firstIndex { if case .leftOut = $0.action { false } else { true } }
    case .group(let name): partners.first { $0.groups.contains { $0.isExactly(name) } }?.host.number
    }
  }
}

extension Failure {
  /// Whether what was asked may have come to its end all the same.
  fileprivate var leavesUnknown: Bool {
    switch kind {
    case .lost, .unreachable, .transport, .fenced, .internal, .store: true
    default: false
    }
  }
}
