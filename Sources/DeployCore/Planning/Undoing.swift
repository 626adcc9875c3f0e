import DeployModel

/// The stages that a requested rollback undoes: the stages that ran for the revision that the hosts leave. Such a rollback goes back only
/// one revision at a time, because no release has ever run with the stage results of two later revisions.
struct Undoing {
  /// The stages to undo before the hosts go back.
  private(set) var before: [Stage] = []
  /// The stages to undo after the hosts have gone back.
  private(set) var after: [Stage] = []
  /// Why the rollback is not possible, or empty if no stage prevents it.
  private(set) var problems: [Problem] = []

  /// The facts from which the stages to undo are computed.
  struct Inputs {
    var marks: StageMarks
    var goal: Receipt
    /// The receipts of the hosts that leave their release.
    var leaving: [Receipt]
    var kept: [PinnedRecipe]
    /// The bundles that hosts of the group still run after the rollback.
    var staying: [Digest]
    /// Whether it is unknown what some hosts of the group run.
    var hasUnknown: Bool
    /// The stages that are not undone, because `--despite` names them.
    var despite: [String]
    /// The arguments after `lander rollback`.
    var typed: String
  }

  init(_ inputs: Inputs) {
    let marks = inputs.marks.undoable(behind: inputs.goal).filter { !$0.isNamed(in: inputs.despite) }
    var found: [(stage: Stage, mark: StageMark, order: Int)] = []
    var barring: [(mark: StageMark, why: Failure)] = []
    for mark in marks {
      let isLeft = inputs.hasUnknown || inputs.staying.contains(mark.revision)
      // Some hosts still run the revision and need the stage's results. The stage is undone when these hosts go back too.
      if isLeft, mark.undo == .after { continue }
      switch Self.find(mark, inputs, isLeft: isLeft) {
      case .failure(let why): barring.append((mark, why))
      case .success(let (stage, order)): found.append((stage, mark, order))
      }
    }
    // Names every stage that is not undone, so that the proposed command is complete. A stage with the same name that ran for another
    // revision is still undone.
    let options = StageMarks.despite(inputs.despite + barring.map(\.mark.ofRevision))
    let sure = "lander rollback \(inputs.typed)\(options) goes back and leaves \(barring.count == 1 ? "it as it is" : "them as they are")"
    problems = barring.map { mark, why in
      Problem("stage \"\(mark.stage)\" \(why.message)", fix: why.fix.map { "\($0)\n\(sure)" } ?? sure)
    }
    found.sort { $0.order > $1.order }
    before = found.filter { $0.mark.undo == .before }.map(\.stage)
    after = found.filter { $0.mark.undo != .before }.map(\.stage)
  }

  private static func find(_ mark: StageMark, _ inputs: Inputs, isLeft: Bool) -> Result<(Stage, Int), Failure> {
    let of = "revision \(mark.revision.short) in deployment \(mark.deployment) of \(mark.by)"
    guard mark.state == .done || mark.state == .failed else {
      let (word, end) = mark.state == .undoing ? ("was to be undone", "is undone") : ("was begun", "is done")
      return .failure(Failure(.lost, "\(word) for \(of), and nobody knows how that ended", fix: "check whether it \(end)"))
    }
    guard !isLeft else {
      return .failure(
        Failure(.failed, "ran for \(of) and is undone before hosts go back, and others of the group run it or are unreachable"))
    }
    guard let receipt = inputs.leaving.first(where: { $0.inputs.bundle == mark.revision }) else {
      return .failure(
        Failure(
          .failed, "ran for \(of), which no host that goes back runs now, so what undoes it cannot run in its release",
          fix: "go back one revision at a time (lander rollback --to RELEASE), or undo it by hand, or lander deploy goes forward"))
    }
    guard let recipe = Planner.recipe(of: receipt, among: inputs.kept),
      let order = inputs.kept[recipe].undoable?.firstIndex(where: { $0.name.isExactly(mark.stage) }),
      let stages = inputs.kept[recipe].undoable,
      let stage = stages[order].undoing(StageUndo(mark, recipe: recipe, error: mark.whyUndone, release: receipt.release.id))
    else { return .failure(Failure(.missing, "ran for \(of), and the recipe that undoes it was not found on the hosts or in the store")) }
    return .success((stage, order))
  }
}

extension StageMark {
  /// The error that the undo function gets. Nil if the stage ended without a failure.
  fileprivate var whyUndone: ScriptError? {
    guard state == .failed else { return nil }
    return ScriptError(Failure(.failed, "stage \"\(stage)\" failed in deployment \(deployment), or what undid it did"))
  }
}

extension Stage {
  /// Returns the stage with another undo.
  func with(_ undo: StageUndo) -> Stage {
    guard case .script(let name, let summary, let function, let when, let place, var terms?) = self else { return self }
    terms.undoes = undo
    return .script(name: name, summary: summary, function: function, when: when, place: place, terms: terms)
  }

  /// Returns the stage that undoes this one, or nil if this stage has no undo.
  func undoing(_ undo: StageUndo) -> Stage? {
    guard case .script(_, _, _, _, let place, let terms?) = self, let function = terms.undo else { return nil }
    return .script(
      name: undo.title, summary: "", function: function, when: nil, place: place, terms: StageTerms(ground: terms.ground, undoes: undo))
  }
}

extension Recipe {
  /// The problems of the recipe's undo functions, or empty if there are none.
  var undoProblems: [Problem] {
    let index = flow.stages.firstIndex { if case .rollout = $0 { true } else { false } } ?? flow.stages.count
    guard case .rollout(let strategy?)? = flow.stages.indices.contains(index) ? flow.stages[index] : nil, strategy.traffic != nil else {
      return []
    }
    return flow.stages[index...].compactMap { stage in
      guard case .script(let name, _, _, _, let place, let terms?) = stage, terms.undo != nil else { return nil }
      return Problem(
        "stage \"\(name)\" stands after a rollout that moves traffic, and the traffic goes back before it could be undone",
        place: place, fix: "let it run before the rollout, or say irreversible = true in the place of undo")
    }
  }
}
