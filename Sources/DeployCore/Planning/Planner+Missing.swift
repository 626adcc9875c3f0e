package import DeployModel

extension Planner {
  /// What hosts of a group lack and get.
  package struct Missing: Sendable, Hashable {
    /// The receipt of the revision.
    package let goal: Receipt
    /// The strategy of the recipe. It does not run, but says how many hosts may be out of service. Nil: the recipe has no strategy.
    package let strategy: Strategy?

    package init(goal: Receipt, strategy: Strategy?) {
      self.goal = goal
      self.strategy = strategy
    }
  }
}

extension Recipe {
  /// The recipe for hosts that lack their group's revision. A failure is rolled back, as in a deployment. Stages ran for the group and do
  /// not run again; the strategy does not run either. The project's present freeze windows hold.
  /// - Parameters: as for `joining`.
  package func catchingUp(_ selection: Selection, isServing: Bool) -> Recipe {
    var recipe = joining(selection, isServing: isServing)
    recipe.flow.stages = flow.withoutStrategy.filter { if case .script = $0 { false } else { true } }
    recipe.flow.rollback = flow.rollback
    recipe.freeze = selection.recipe.freeze
    return recipe
  }

  /// The recipe that finishes a deployment which its strategy stopped on purpose: the stages after the rollout still run. Stages before the
  /// rollout ran already. Those that hosts remember stay in the recipe, so that they are skipped and can be undone.
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
  /// The index of the rollout among the stages; the number of stages if there is no rollout.
  fileprivate var rolloutIndex: Int { stages.firstIndex { if case .rollout = $0 { true } else { false } } ?? stages.count }

  /// The stages, with a rollout that takes the hosts in the engine's own waves.
  fileprivate var withoutStrategy: [Stage] { stages.map { if case .rollout = $0 { .rollout(nil) } else { $0 } } }
}
