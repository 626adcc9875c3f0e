import DeployModel

/// Stages that are undone on the way back, and what of the way there they are made from (docs/recipes.md).
extension Rollout {
  /// A stage that can be undone and was begun.
  struct BegunStage: Sendable, Hashable {
    /// Its index among the plan's stages.
    var index: Int
    /// Why it failed; nil: it came to its end, or runs.
    var error: ScriptError?
    /// Nobody knows whether it came to its end.
    var isUnknown = false
  }

  /// What the stage under way undoes; nil: it is one of the way there.
  var undoing: StageUndo? { markedStage.flatMap { plan.flow.stages[$0].terms?.undoes } }

  /// When the stage of that index is undone; nil: nothing undoes it.
  func undoTime(_ index: Int) -> StageMark.Undo? {
    guard plan.flow.stages[index].terms?.undo != nil else { return nil }
    return index > plan.flow.rolloutIndex ? .before : .after
  }

  // MARK: on the way there

  mutating func remembersBegun() {
    guard let index = markedStage, undoTime(index) != nil else { return }
    begun.append(BegunStage(index: index))
  }

  /// If nobody knows how a stage ended that ran after the rollout, nothing goes back: what hosts run works with it and without it, and what
  /// they ran before may not.
  mutating func remembersEnd(_ error: ScriptError?, isUnknown: Bool) {
    guard let last = begun.indices.last, begun[last].index == markedStage else { return }
    (begun[last].error, begun[last].isUnknown) = (error, isUnknown)
    if isUnknown, undoTime(begun[last].index) == .before { stayForward() }
  }

  /// What the way back is to undo, the last first, and the names of stages that stay, with the reason.
  var undoPlan: (undo: [StageUndo], stays: [String], why: String?) {
    guard failure != nil, plan.kind == .deploy, goesBack, !begun.isEmpty, lapse != .undoForgotten else { return ([], [], nil) }
    let names = begun.reversed().map { plan.flow.stages[$0.index].name }
    if let host = statuses.indices.first(where: mayKeepRelease) {
      return ([], names, "\(plan.name(ofHost: host)) runs this revision, or may run it")
    }
    var undo: [StageUndo] = []
    for stage in begun.reversed() {
      // What ran before it stays too: it may need that.
      guard !stage.isUnknown else {
        let left = Array(names.dropFirst(undo.count))
        return (undo, left, "nobody knows whether stage \"\(left[0])\" came to its end")
      }
      let mark = StageMark(
        stage: plan.flow.stages[stage.index].name, revision: plan.content.inputs.bundle, state: stage.error == nil ? .done : .failed,
        deployment: plan.id, by: plan.origin.actor, at: plan.receiptTime, undo: undoTime(stage.index))
      undo.append(StageUndo(mark, error: stage.error, release: keepsUndone ? plan.content.release?.id : nil))
    }
    return (undo, [], nil)
  }

  /// Whether what undoes a stage runs in the release that the stage ran for.
  private var keepsUndone: Bool { plan.flow.rules?.undoesInPlace == true }

  /// Whether a host stays on the release, or nobody knows that it does not.
  private func mayKeepRelease(_ host: Int) -> Bool {
    // What it goes back to is the same revision, deployed again.
    if (plan.hosts[host].back ?? plan.hosts[host].previous)?.inputs.bundle == plan.content.inputs.bundle { return true }
    return switch statuses[host] {
    case .succeeded: mayHaveStrayTraffic(host)
    case .unchanged, .restoreFailed, .failed, .unknown, .changing, .restoring, .ready: true
    case .pending, .kept, .leftOut, .restored, .untouched: false
    }
  }

  // MARK: on the way back

  /// Why the stage under way, which is to undo another, does not begin; nil: it does.
  var undoRefusal: ScriptError? {
    guard let undo = undoing, undo.mark.undo == .after,
      let host = statuses.indices.first(where: { ![.succeeded, .unchanged, .kept].contains(statuses[$0]) })
    else { return nil }
    let name = plan.name(ofHost: host)
    let message = "stage \"\(undo.mark.stage)\" is not undone: \(name) is not back, and what it runs may need it"
    return ScriptError(Failure(.failed, message, fix: "bring \(name) back first (lander status)"), host: name)
  }

  /// An undo that hangs ends.
  mutating func limitUndo() {
    guard undoTimer == nil else { return }
    undoTimer = outbox.ring(.undo, after: Deadlines.undo)
  }

  /// Whether a function that undoes a stage runs.
  var isUndoing: Bool { undoing != nil && marking.step == .running }

  /// Ends it. What hosts run stays as it is.
  mutating func cancelUndo(_ reason: Failure) {
    for script in tree.roots where tree[script].owner == .stage { tree.cancel(script, reason, &outbox) }
  }

  /// Names of stages that were to be undone and are not, at the end.
  var notUndone: [String] {
    guard failure != nil else { return undoPlan.stays }
    let last = plan.flow.stages.lastIndex { $0.name.isExactly(stageName) } ?? 0
    let begins = plan.flow.stages.indices.filter { index in plan.flow.stages[index].terms?.undoes != nil && index >= last }
    return undoPlan.stays + begins.compactMap { plan.flow.stages[$0].terms?.undoes?.mark.stage }
  }
}

extension Plan.Flow {
  /// Where its rollout stands among the stages; with none, behind all of them.
  var rolloutIndex: Int { stages.firstIndex { if case .rollout = $0 { true } else { false } } ?? stages.count }
}
