package import DeployModel

extension Planner.Identity {
  /// Returns the origin of a plan whose hosts join a group. Their receipts get the time of the revision's own receipt. They are therefore
  /// as old as the receipts of the other hosts, and older than the receipts of a rollout that is running now.
  func origin(joining goal: Receipt) -> Plan.Origin {
    Plan.Origin(
      id: id, kind: .deploy, actor: who, at: at, engine: engine, seed: seed, provenance: provenance, receiptsAt: goal.at,
      receiptsInstalledAt: goal.origin)
  }

  /// Returns the origin of a rollback. If the hosts were joining a group when they failed, their receipts get the time of the release to
  /// which they return. That release is not newer than what the group runs.
  func origin(goingBackTo goals: [Receipt], after failed: Plan) -> Plan.Origin {
    let usual = origin(.rollback(of: failed.id), seed: failed.origin.seed, after: failed.receiptTime)
    guard failed.flow.joins != nil, let newest = goals.map(\.at).max() else { return usual }
    return Plan.Origin(
      id: usual.id, kind: usual.kind, actor: usual.actor, at: at, engine: engine, seed: usual.seed, provenance: provenance,
      receiptsAt: newest)
  }
}

extension Recipe {
  /// Returns the recipe for hosts that join a group: all hosts go through their lifecycle in one wave. Stages, on_success and on_failure
  /// belong to the deployment of the whole group and do not run. Freezes do not apply, because the group already runs the revision.
  /// - Parameters:
  ///   - selection: the group as the project declares it now.
  ///   - isServing: whether at least one joining host serves. If so, the floor and the rules for neighbours apply.
  package func joining(_ selection: Selection, isServing: Bool) -> Recipe {
    var recipe = self
    recipe.targets = selection.recipe.targets
    recipe.placement.path = selection.recipe.placement.path
    recipe.flow = Flow(hooks: flow.hooks)
    (recipe.freeze, recipe.tasks, recipe.alarm) = ([], [], nil)
    if !isServing, var free = recipe.configuration {
      (free.floor, free.healthy) = (nil, nil)
      (free.apart, free.alone, free.each) = (nil, nil, nil)
      recipe.configuration = free
    }
    return recipe
  }

  /// The names of the recipe's own stages, which do not run for joining hosts.
  package var ownStages: [String] { flow.stages.compactMap { if case .script(let name, _, _, _, _, _) = $0 { name } else { nil } } }
}
