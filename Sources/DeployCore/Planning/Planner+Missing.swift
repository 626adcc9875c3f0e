package import DeployModel

extension Planner {
  /// The revision that a deployment brings to the hosts of a group that lack it.
  package struct Missing: Sendable, Hashable {
    /// The receipt of the revision.
    package let goal: Receipt
    /// The recipe's strategy, or nil if the recipe has none. The strategy does not run, but it determines how many hosts are allowed to be
    /// out of service.
    package let strategy: Strategy?

    package init(goal: Receipt, strategy: Strategy?) {
      self.goal = goal
      self.strategy = strategy
    }
  }
}

extension Recipe {
  /// Returns the recipe that brings a group's revision to hosts that lack it. A failure is rolled back as in a deployment. Stages do not
  /// run, because they have already run for the group. The strategy does not run either. The project's current freeze windows apply.
  /// - Parameters: as for `joining`.
  package func catchingUp(_ selection: Selection, isServing: Bool) -> Recipe {
    var recipe = joining(selection, isServing: isServing)
    recipe.flow.stages = flow.withoutStrategy.filter { if case .script = $0 { false } else { true } }
    recipe.flow.rollback = flow.rollback
    recipe.freeze = selection.recipe.freeze
    return recipe
  }

  /// Returns the recipe that completes a deployment whose strategy stopped on purpose, so that the stages after the rollout run. Stages
  /// before the rollout have already run. The stages that left a mark on hosts stay in the recipe, so that they are skipped but can be
  /// undone.
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
  /// The index of the rollout among the stages, or the number of stages if there is no rollout.
  fileprivate var rolloutIndex: Int { stages.firstIndex { if case .rollout = $0 { true } else { false } } ?? stages.count }

  /// The stages, with the strategy removed from the rollout, which then changes hosts in the engine's own waves.
  fileprivate var withoutStrategy: [Stage] { stages.map { if case .rollout = $0 { .rollout(nil) } else { $0 } } }
}
