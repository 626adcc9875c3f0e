package import DeployModel

extension Planner {
  /// What hosts of a group lack and get.
  package struct Missing: Sendable, Hashable {
    /// The receipt of the revision.
    package let goal: Receipt
    /// The strategy of the recipe, which does not run: it only says how many hosts may be out of service. nil: the recipe has none.
    package let strategy: Strategy?

    package init(goal: Receipt, strategy: Strategy?) {
      self.goal = goal
      self.strategy = strategy
    }
  }
}

extension Recipe {
  /// The recipe for hosts that lack what their group has. A failure goes back, as in a deployment. Stages ran for the group and do not run
  /// again, nor does its strategy. Freeze windows hold as the project has them now.
  /// - Parameters: as for `joining`.
  package func catchingUp(_ selection: Selection, isServing: Bool) -> Recipe {
    var recipe = joining(selection, isServing: isServing)
    recipe.flow.stages = flow.withoutStrategy.filter { if case .script = $0 { false } else { true } }
    recipe.flow.rollback = flow.rollback
    recipe.freeze = selection.recipe.freeze
    return recipe
  }

  /// The recipe for a deployment that its strategy stopped on purpose: what comes after the rollout follows. Stages before it ran already;
  /// those that hosts remember stay, so that they are skipped and can be undone.
  package func finishing(_ selection: Selection) -> Recipe {
    var recipe = self
    recipe.targets = selection.recipe.targets
    recipe.placement.path = selection.recipe.placement.path
    (recipe.freeze, recipe.tasks) = (selection.recipe.freeze, [])
    let rollout = flow.rolloutIndex
    recipe.flow.stages = flow.withoutStrategy.enumerated().filter { index, stage in
      if case .script = stage { index > rollout || stage.terms?.leavesMark == true } else { true }
    }.map(\.element)
    return recipe
  }
}

extension Recipe.Flow {
  /// The place of its rollout among the stages; behind all of them if it has none.
  fileprivate var rolloutIndex: Int { stages.firstIndex { if case .rollout = $0 { true } else { false } } ?? stages.count }

  /// Its stages, with a rollout that takes the hosts in the engine's own waves.
  fileprivate var withoutStrategy: [Stage] { stages.map { if case .rollout = $0 { .rollout(nil) } else { $0 } } }
}
