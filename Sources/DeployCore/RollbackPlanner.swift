package import DeployModel

/// Plans the way back. A rollback is a deployment like any other, of what each host ran before; it never leads to another one.
package enum RollbackPlanner {
  /// After a failure: the hosts that the failed deployment had brought to its revision go back, each to its own previous release.
  /// The locks are taken over, so nobody comes between. Nil where no host is to go back.
  package static func plan(after failed: Plan, _ conclusion: Conclusion, by identity: Planner.Identity) -> Plan? {
    guard failed.kind == .deploy, !conclusion.rollback.isEmpty else { return nil }
    var recipes = failed.recipes
    let bare = recipes.count
    recipes.append(PinnedRecipe(name: "no hooks", sources: failed.recipes[0].sources, hooks: []))
    var plan = failed
    plan.hosts = conclusion.rollback.enumerated().map { number, index in
      let was = failed.hosts[index]
      var host = was.host
      host.number = number
      // What the failed deployment left as the host's receipt; the lock is refused where another is found.
      let receipt = was.target.map {
        Receipt(
          application: failed.application, group: failed.group, release: $0, inputs: failed.inputs, deployment: failed.id,
          recipe: failed.recipes[was.arriving].name, actor: failed.actor, at: failed.at)
      }
      // What was gone, or not Lander's, is no release to go back to.
      let back = was.wayBack == nil ? nil : was.previous
      var step = HostPlan(
        host: host, facts: was.facts, target: back?.release, previous: receipt, current: was.target?.id, leaving: was.arriving,
        arriving: was.restoring ?? bare, stages: false, present: true, inputs: back?.inputs)
      step.link = was.found
      return step
    }
    plan.id = identity.id
    plan.kind = .rollback(of: failed.id)
    // Not of what failed: what each host goes back to is its own.
    plan.bundle = nil
    plan.release = plan.hosts.lazy.compactMap(\.target).first
    plan.at = identity.at
    plan.actor = identity.actor
    plan.engine = identity.engine
    plan.recipes = recipes
    plan.stages = [.rollout(nil)]
    plan.onFailure = []
    plan.onSuccess = []
    plan.rollback = false
    plan.bounds.floor = floor(failed, conclusion)
    plan.bounds.failed = plan.hosts.count
    plan.bounds.unreachable = plan.hosts.count
    plan.lock = Planner.lock(identity, "roll back \(failed.recipe) of \(failed.application) after \(failed.id)", above: failed.lock.fence)
    plan.lock.inherits = failed.lock.token
    return plan
  }

  /// What of the floor the hosts that go back have to keep themselves: the rest of the group serves its part. What served when the
  /// failed deployment began bounds it, as it bounded the way there: hosts that ran nothing go back to nothing. Of those that come
  /// back to a release one may always move, or there would be no way back.
  private static func floor(_ failed: Plan, _ conclusion: Conclusion) -> Int {
    let served = failed.hosts.indices.filter { index in
      if case .leftOut = failed.hosts[index].action { false } else { failed.hosts[index].serves }
    }
    let elsewhere = served.filter { index in
      guard conclusion.hosts.indices.contains(index), !conclusion.rollback.contains(index) else { return false }
      switch conclusion.hosts[index] {
      case .pending, .unchanged, .restored, .untouched: return true
      default: return false
      }
    }
    let coming = conclusion.rollback.count { number in
      let was = failed.hosts[number]
      return was.found != nil || (was.previous != nil && was.wayBack != nil)
    }
    return max(0, min(min(failed.bounds.floor, served.count) - elsewhere.count, coming - 1))
  }

  /// Because somebody asks: every host goes back to the good release before the one it runs, by what the hosts themselves remember.
  /// - Throws: where a host is out of reach, has nothing to go back to, or its kept recipe was not found.
  package static func plan(
    _ selection: Selection, surveys: [Survey], kept: [PinnedRecipe], by identity: Planner.Identity
  ) throws(Problems) -> Plan {
    let bounds = try Bounds(selection)
    try Planner.refuseUnreachable(surveys, selection, bounds)
    try Obstacles.refuse(surveys, selection)
    var problems: [Problem] = []
    var hosts: [HostPlan] = []
    // Where a deployment failed and left hosts as they are, the way back is its own: hosts that it did not come to stay.
    let left = surveys.compactMap { survey in
      if case .reached(let state) = survey, isLeft(state) { state.receipt?.release.id } else { nil }
    }
    for (host, survey) in zip(selection.hosts, surveys) {
      guard case .reached(let state) = survey else {
        if case .unreachable(let failure) = survey { hosts.append(HostPlan(host: host, action: .leftOut(failure), target: nil)) }
        continue
      }
      if let good = state.receipt, isLeft(state) || left.contains(good.release.id) {
        if let step = step(host, state, to: good, among: kept) { hosts.append(step) } else { problems.append(lacksRecipe(host)) }
        continue
      }
      if let previous = state.previous, let damage = state.damage(of: previous.release.id) {
        problems.append(
          Problem(
            "the release to go back to is damaged: of \(damage.release) \(damage.words)", subject: host.name,
            fix: "lander deploy --revision bundle:\(previous.inputs.bundle.hex.prefix(12)) sends what is missing"))
        continue
      }
      guard let now = state.receipt, let back = state.previous, state.releases.contains(back.release.id) else {
        problems.append(
          Problem(
            "there is no previous good release to go back to", subject: host.name,
            fix: "lander deploy --revision bundle:DIGEST deploys an older one of lander bundle list"))
        continue
      }
      if now.undid == back.deployment {
        problems.append(
          Problem(
            "it went back already: what it ran before was deployment \(back.deployment), which was taken back, and nothing older is kept",
            subject: host.name,
            fix: "lander deploy --revision bundle:DIGEST deploys one of lander bundle list; lander status says what runs"))
        continue
      }
      guard let leaving = Planner.recipe(of: now, among: kept), let arriving = Planner.recipe(of: back, among: kept) else {
        problems.append(lacksRecipe(host))
        continue
      }
      hosts.append(
        HostPlan(
          host: host, facts: state.facts, target: back.release, previous: now, current: state.current, leaving: leaving, arriving: arriving,
          restoring: leaving, stages: false, present: true, inputs: back.inputs
        ).seeing(state))
    }
    guard problems.isEmpty, let first = hosts.first(where: { $0.inputs != nil }), let inputs = first.inputs else {
      throw Problems(problems, exit: .refused)
    }
    let recipe = selection.recipe
    return Plan(
      id: identity.id, kind: .rollback(of: nil), application: recipe.application, recipe: recipe.name, group: selection.group,
      actor: identity.actor, at: identity.at, engine: identity.engine, release: first.target, recipes: kept,
      parameters: selection.parameters, hosts: hosts, stages: [.rollout(nil)], bounds: bounds, path: recipe.path, shared: recipe.shared,
      keep: recipe.keep, reuse: recipe.reuse, inputs: inputs,
      lock: Planner.lock(identity, "roll back \(recipe.name) of \(recipe.application)", above: Planner.fence(surveys)), seed: identity.seed)
  }

  /// Whether a deployment failed on the host and left it as it was then.
  private static func isLeft(_ state: HostState) -> Bool {
    guard let good = state.receipt else { return false }
    return state.current != good.release.id && state.releases.contains(good.release.id)
  }

  /// Takes a host to what its receipt names; nil where the recipe of that is not known.
  private static func step(_ host: Host, _ state: HostState, to good: Receipt, among kept: [PinnedRecipe]) -> HostPlan? {
    guard let recipe = Planner.recipe(of: good, among: kept) else { return nil }
    return HostPlan(
      host: host, action: isLeft(state) ? .change : .unchanged, facts: state.facts, target: good.release, previous: good,
      current: state.current, leaving: recipe, arriving: recipe, stages: false, present: true, inputs: good.inputs
    ).seeing(state)
  }

  private static func lacksRecipe(_ host: Host) -> Problem {
    Problem(
      "the recipe that goes with its releases was not found on it or in the store", subject: host.name,
      fix: "deploy an older revision instead: lander deploy --revision bundle:DIGEST")
  }
}
