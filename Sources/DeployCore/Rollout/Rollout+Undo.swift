import DeployModel

/// The stages that a rollback undoes, and what the forward deployment records for this purpose (docs/recipes.md).
extension Rollout {
  /// A stage with an undo that has begun.
  struct BegunStage: Sendable, Hashable {
    /// The stage's index in the plan.
    var index: Int
    /// Why the stage failed, or nil if it succeeded or is still running.
    var error: ScriptError?
    /// Whether it is unclear if the stage was completed.
    var isUnknown = false
  }

  /// What the current stage undoes, or nil if it is a stage of the recipe.
  var undoing: StageUndo? { markedStage.flatMap { plan.flow.stages[$0].terms?.undoes } }

  /// Returns when the stage with this index is undone, or nil if it has no undo.
  func undoTime(_ index: Int) -> StageMark.Undo? {
    guard plan.flow.stages[index].terms?.undo != nil else { return nil }
    return index > plan.flow.rolloutIndex ? .before : .after
  }

  // MARK: in the forward deployment

  mutating func remembersBegun() {
    guard let index = markedStage, undoTime(index) != nil else { return }
    begun.append(BegunStage(index: index))
  }

  /// Records how a stage ended. If the outcome of a stage after the rollout is unknown, no host is rolled back: the new release works with
  /// and without the stage's results, but the previous release might not work with them.
  mutating func remembersEnd(_ error: ScriptError?, isUnknown: Bool) {
    guard let last = begun.indices.last, begun[last].index == markedStage else { return }
    (begun[last].error, begun[last].isUnknown) = (error, isUnknown)
    if isUnknown, undoTime(begun[last].index) == .before { stayForward() }
  }

  /// The stages that a rollback has to undo, the last one first, and the names of the stages that are not undone, with the reason.
  var undoPlan: (undo: [StageUndo], stays: [String], why: String?) {
    guard failure != nil, plan.kind == .deploy, goesBack, !begun.isEmpty, lapse != .undoForgotten else { return ([], [], nil) }
    let names = begun.reversed().map { plan.flow.stages[$0.index].name }
    if let host = statuses.indices.first(where: mayKeepRelease) {
      return ([], names, "\(plan.name(ofHost: host)) runs this revision, or may run it")
    }
    var undo: [StageUndo] = []
    for stage in begun.reversed() {
      // The stages before this stage are not undone either, because this stage might need their results.
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

  /// Whether an undo runs in the release for which the stage ran.
  private var keepsUndone: Bool { plan.flow.rules?.undoesInPlace == true }

  /// Whether a host keeps the release, or might keep it.
  private func mayKeepRelease(_ host: Int) -> Bool {
    // The host returns to an earlier deployment of the same revision.
    if (plan.hosts[host].back ?? plan.hosts[host].previous)?.inputs.bundle == plan.content.inputs.bundle { return true }
    return switch statuses[host] {
    case .succeeded: mayHaveStrayTraffic(host)
    case .unchanged, .restoreFailed, .failed, .unknown, .changing, .restoring, .ready: true
    case .pending, .kept, .leftOut, .restored, .untouched: false
    }
  }

  // MARK: in the rollback

  /// Why the current undo does not begin, or nil if it begins.
  var undoRefusal: ScriptError? {
    guard let undo = undoing, undo.mark.undo == .after,
      let host = statuses.indices.first(where: { ![.succeeded, .unchanged, .kept].contains(statuses[$0]) })
    else { return nil }
    let name = plan.name(ofHost: host)
    let message = "stage \"\(undo.mark.stage)\" is not undone: \(name) is not back, and what it runs may need it"
    return ScriptError(Failure(.failed, message, fix: "bring \(name) back first (lander status)"), host: name)
  }

  /// If the host on which the current undo would run has not recorded that the undo begins, elects another host in its place. The undo has
  /// not begun on the lost host, so it does not run twice.
  /// - Parameter written: the hosts that have recorded that the undo begins.
  /// - Returns: why the undo cannot begin, or nil if it can.
  mutating func electAgain(among written: [Int]) -> ScriptError? {
    guard plan.flow.rules?.undoesElsewhere == true, let undo = undoing, let release = undo.release, let index = markedStage,
      let terms = plan.flow.stages[index].terms, let lost = plan.elected(for: terms), !written.contains(lost)
    else { return nil }
    let name = plan.name(ofHost: lost)
    let failure = marking.failure(of: lost) ?? refusal(of: lost) ?? Failure(.unreachable, "it is not locked")
    if let other = plan.standIns(for: lost, undoing: release).first(where: written.contains) {
      standIn = other
      note(.remark("stage \"\(undo.mark.stage)\" is undone on \(plan.name(ofHost: other)), not on \(name): \(failure.message)"))
      return nil
    }
    let isHost = terms.ground == .host
    let message =
      "stage \"\(undo.mark.stage)\" is not undone: it would be undone on \(name) (\(failure.message))"
      + (isHost ? ", and no other host that can be reached has run release \(release)" : "")
    let folder = isHost ? " in \(plan.host(lost)?.place(plan.placement.path) ?? plan.placement.path)/releases/\(release)" : ""
    let again = "lander deploy \(plan.typed()) --revision bundle:\(undo.mark.revision.short) --again \(undo.mark.stage.shellWord)"
    return ScriptError(
      Failure(
        failure.kind, message,
        fix: "when \(name) is back, undo it there by hand\(folder)\nthen the stage has to run again with its revision: \(again)"),
      host: name)
  }

  /// Starts the timer that limits an undo.
  mutating func limitUndo() {
    guard undoTimer == nil else { return }
    undoTimer = outbox.ring(.undo, after: Deadlines.undo)
  }

  /// Whether a function that undoes a stage is running.
  var isUndoing: Bool { undoing != nil && marking.step == .running }

  /// Cancels the undo. Hosts keep the release that they run.
  mutating func cancelUndo(_ reason: Failure) {
    for script in tree.roots where tree[script].owner == .stage { tree.cancel(script, reason, &outbox) }
  }

  /// The names of the stages that should have been undone but were not, as known at the end.
  var notUndone: [String] {
    guard failure != nil else { return undoPlan.stays }
    let last = plan.flow.stages.lastIndex { $0.name.isExactly(stageName) } ?? 0
    let begins = plan.flow.stages.indices.filter { index in plan.flow.stages[index].terms?.undoes != nil && index >= last }
    return undoPlan.stays + begins.compactMap { plan.flow.stages[$0].terms?.undoes?.mark.stage }
  }
}

extension Plan.Flow {
  /// The index of the rollout among the stages, or the number of stages if there is no rollout.
  var rolloutIndex: Int { stages.firstIndex { if case .rollout = $0 { true } else { false } } ?? stages.count }
}
