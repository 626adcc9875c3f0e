package import DeployModel

extension Planner.Identity {
  /// Gives receipts of hosts that join the time of the revision's own receipt. So they are as old as those of the other hosts, and older
  /// than the receipts of a rollout that is under way.
  func origin(joining goal: Receipt) -> Plan.Origin {
    Plan.Origin(
      id: id, kind: .deploy, actor: who, at: at, engine: engine, seed: seed, provenance: provenance, receiptsAt: goal.at,
      receiptsInstalledAt: goal.origin)
  }

  /// If hosts that should join go back, their receipts get the time of the release that they go back to, which is not newer than what the
  /// group runs.
  func origin(goingBackTo goals: [Receipt], after failed: Plan) -> Plan.Origin {
    let usual = origin(.rollback(of: failed.id), seed: failed.origin.seed, after: failed.receiptTime)
    guard failed.flow.joins != nil, let newest = goals.map(\.at).max() else { return usual }
    return Plan.Origin(
      id: usual.id, kind: usual.kind, actor: usual.actor, at: at, engine: engine, seed: usual.seed, provenance: provenance,
      receiptsAt: newest)
  }
}

extension Recipe {
  /// The recipe for hosts that join a group: each host goes through its lifecycle, all hosts in one wave. Stages, on_success and on_failure
  /// belong to the deployment of the whole group and do not run. A freeze does not hold it up, because the revision runs in the group
  /// already.
  /// - Parameters:
  ///   - selection: the group as the project has it now.
  ///   - isServing: whether one of the hosts that join serves. Then the floor and the rules for neighbours hold.
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

  /// Names of the recipe's own stages, which do not run for hosts that join.
  package var ownStages: [String] { flow.stages.compactMap { if case .script(let name, _, _, _, _, _) = $0 { name } else { nil } } }
}
