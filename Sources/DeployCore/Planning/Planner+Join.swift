package import DeployModel

extension Planner.Identity {
  /// Receipts of hosts that join say the time of the revision's own: they stand where the others stand, below whatever a rollout that is
  /// under way brings.
  func origin(joining goal: Receipt) -> Plan.Origin {
    Plan.Origin(
      id: id, kind: .deploy, actor: who, at: at, engine: engine, seed: seed, provenance: provenance, receiptsAt: goal.at,
      receiptsInstalledAt: goal.origin)
  }

  /// Of hosts that were to join, receipts of the way back say the time of what they go back to: it is no newer than what the group runs.
  func origin(goingBackTo goals: [Receipt], after failed: Plan) -> Plan.Origin {
    let usual = origin(.rollback(of: failed.id), seed: failed.origin.seed, after: failed.receiptTime)
    guard failed.flow.joins != nil, let newest = goals.map(\.at).max() else { return usual }
    return Plan.Origin(
      id: usual.id, kind: usual.kind, actor: usual.actor, at: at, engine: engine, seed: usual.seed, provenance: provenance,
      receiptsAt: newest)
  }
}

extension Recipe {
  /// The same for hosts that join a group, as they were deployed by it before: each host is taken through its lifecycle, all of them in
  /// one wave. Stages and notices belong to the deployment of the whole group, and a freeze holds nothing up that runs there already.
  /// - Parameters:
  ///   - selection: the group as the project has it now.
  ///   - isServing: whether one of the hosts that join serves: then the floor and the rules for neighbours hold.
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

  /// Names of its own stages, which do not run for hosts that join.
  package var ownStages: [String] { flow.stages.compactMap { if case .script(let name, _, _, _, _, _) = $0 { name } else { nil } } }
}
