package import DeployModel

/// Plans rollbacks. A rollback is a deployment that returns each host to an earlier release. A failed rollback is never rolled back itself.
package enum RollbackPlanner {
  /// Returns the rollback after a failure. Hosts that already have the failed deployment's revision go back to what they ran before or, if
  /// that was on trial, to the group's last good revision. The rollback takes over the failed deployment's locks, so that no other
  /// deployment can run between the failed deployment and its rollback. The rollback undoes stages in reverse order: first the stages that
  /// ran after the rollout and, once the hosts have gone back, the other stages. Returns nil if no host has to go back and no stage has to
  /// be undone.
  package static func plan(after failed: Plan, _ conclusion: Conclusion, by identity: Planner.Identity) -> Plan? {
    guard failed.kind == .deploy, conclusion.owesWayBack else { return nil }
    var identity = identity
    identity.provenance = failed.origin.provenance?.ofRollback
    var recipes = failed.content.recipes
    let bare = recipes.count
    recipes.append(PinnedRecipe(name: "no hooks", sources: failed.content.recipes[0].sources, hooks: []))
    let (stages, all) = inPlace(wayBack(conclusion, failed), recipes)
    recipes = all
    let numbers = conclusion.wayBackHosts
    let hosts = numbers.enumerated().map { number, index in
      let was = failed.hosts[index]
      var host = was.host
      host.number = number
      if !conclusion.rollback.contains(index) { return staying(host, was, conclusion.hosts[index], arriving: was.restoring ?? bare) }
      // The receipt that the failed deployment left on the host. A host with another receipt refuses the lock.
      let receipt = was.target.map {
        Receipt(
          application: failed.subject.application, group: failed.subject.group, release: $0, inputs: failed.content.inputs,
          deployment: failed.id,
          recipe: failed.content.recipes[was.arriving].name, actor: failed.origin.actor, at: failed.receiptTime, trial: failed.flow.trial,
          provenance: failed.origin.provenance.flatMap { $0.ofReceipt(at: $0.commit) })
      }
      // A host cannot go back to a release whose folder was gone, or to a release that Lander did not install.
      let goal = was.wayBack == nil ? nil : was.back ?? was.previous
      var step = HostPlan(
        host: host, facts: was.facts, target: goal?.release, previous: receipt, current: was.target?.id, leaving: was.arriving,
        arriving: was.restoring ?? bare, stages: false, present: true, inputs: goal?.inputs, goal: goal)
      step.link = was.found
      return step
    }
    let purpose = "roll back \(failed.subject.recipe) of \(failed.subject.application) after \(failed.id)"
    var lock = Planner.lock(identity, purpose, above: failed.lock.fence)
    lock.inherits = failed.lock.token
    return Plan(
      origin: identity.origin(goingBackTo: hosts.compactMap(\.goal), after: failed), subject: failed.subject,
      // The failed bundle is left out, because each host goes back to its own release.
      content: Plan.Content(
        release: hosts.lazy.filter { $0.action == .change }.compactMap(\.target).first, recipes: recipes, inputs: failed.content.inputs,
        secrets: failed.content.secrets),
      placement: failed.placement,
      flow: Plan.Flow(
        stages: stages, rollback: false, trial: failed.flow.trial, prunesLast: failed.flow.prunesLast,
        tracksService: failed.flow.tracksService, rules: failed.flow.rules),
      hosts: hosts,
      bounds: Bounds(
        floor: floor(failed, conclusion), parallel: failed.bounds.parallel, failed: hosts.count, unreachable: hosts.count,
        retries: failed.bounds.retries, neighbours: failed.bounds.neighbours?.map { $0.among(numbers).forWayBack }),
      lock: lock, partners: failed.partners.map(\.takenOver))
  }

  /// Returns the plan of a host that has already gone back or was never changed. The host stays locked until the stages are undone.
  private static func staying(_ host: Host, _ was: HostPlan, _ status: HostStatus, arriving: Int) -> HostPlan {
    let isRestored = if case .restored = status { true } else { false }
    let runs = isRestored ? was.back ?? was.previous : was.previous
    var step = HostPlan(
      host: host, action: .unchanged, facts: was.facts, target: runs?.release, previous: runs,
      current: isRestored ? was.wayBack : was.current, leaving: arriving, arriving: arriving, stages: false, present: true)
    if isRestored { (step.goal, step.ran) = (runs, was.target?.id) }
    return step
  }

  /// Returns the stages of the rollback of a failed deployment.
  private static func wayBack(_ conclusion: Conclusion, _ failed: Plan) -> [Stage] {
    func undo(_ time: StageMark.Undo) -> [Stage] {
      (conclusion.undo ?? []).filter { $0.mark.undo == time }.compactMap { undo in
        failed.flow.stages.first { $0.name.isExactly(undo.mark.stage) }?.undoing(undo)
      }
    }
    return undo(.before) + (conclusion.rollback.isEmpty ? [] : [.rollout(nil)]) + undo(.after)
  }

  /// Returns the floor for the rollback's hosts. The rest of the group keeps its own part of the floor. The floor is at most the number of
  /// hosts that served when the failed deployment began, because the other hosts run nothing after the rollback. At least one host that
  /// goes back to a release is allowed to change, because otherwise no rollback would be possible.
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
    // Hosts that stay locked until stages are undone belong to the rollback, so they count as serving hosts of the rollback.
    let inside = elsewhere.count(where: conclusion.wayBackHosts.contains)
    let coming = conclusion.rollback.count { number in
      let was = failed.hosts[number]
      return was.found != nil || (was.previous != nil && was.wayBack != nil)
    }
    return max(0, min(min(failed.bounds.floor, served.count) - elsewhere.count + inside, inside + coming - 1))
  }

  /// Returns a requested rollback: every host goes back to the group's last good revision, according to the hosts' receipts.
  /// - Parameters:
  ///   - others: the hosts of the group that the rollback leaves alone, or nil if they were not surveyed.
  ///   - inherits: the tokens of locks to take over, as in `Planner.Input`.
  ///   - partners: the surveys of the partners.
  ///   - straighten: whether the rollback includes hosts whose own receipts lead to another release.
  ///   - aim: the release that all hosts should get, or nil for the previous good release.
  ///   - despite: names of irreversible stages that should not prevent the rollback.
  ///   - waves: what is known about the waves of the recipe's strategy. The default floor depends on this.
  ///   - typed: the option with which messages identify a project that has no `deploy.lua`, or nil if the recipe and the group identify the
  ///     project.
  ///   - isStored: returns whether this machine has a given bundle and can therefore send it.
  ///   - lapse: a rule that is disabled to test the checkers, or nil if no rule is disabled.
  /// - Throws: an error that lists every host that is unreachable, runs something other than the group, or lacks the release. It also
  ///   throws if no host has a good receipt to go back to, or if the release's recipe was not found.
  package static func plan(
    _ selection: Selection, surveys: [Survey], others: Bystanders? = nil, kept: [PinnedRecipe], inherits: [String?] = [],
    partners: Partners.Surveyed = .init(), straighten: Bool = false, to aim: Receipt? = nil, despite: [String] = [],
    waves: KnownWaves = .unknown, typed: String? = nil, isStored: (Digest) -> Bool = { _ in true }, lapse: Lapse? = nil,
    by identity: Planner.Identity
  ) throws(Problems) -> Plan {
    let surveys = surveys.map(\.forChange)
    let bounds = try Bounds(selection, away: surveys.count(where: \.isAway), waves: waves, others: others).forWayBack
    let ground = try RollbackGround(
      selection, surveys, bounds, straighten: straighten || lapse == .trialIgnored, to: aim, typed: typed, isStored: isStored)
    let (way, goal) = (ground.way, ground.goal)
    let found = try Partners.found(selection.partners, partners)
    let marks = StageMarks(surveys + partners.surveys, beside: others)
    let named = (typed ?? RollbackGround.named(selection)) + selection.typed.words([.hosts])
    let command = named + (aim.map { " --to \($0.release.id)" } ?? "")
    var problems = ground.problems + marks.inTheWay(to: goal, despite: despite, typed: command)
    guard let arriving = Planner.recipe(of: goal, among: kept) else {
      throw Problems(problems + way.places.filter { !way.stays($0.state) }.map { lacksRecipe($0.host, selection, typed) }, exit: .refused)
    }
    let hosts = zip(selection.hosts, surveys).map { host, survey -> HostPlan in
      guard case .reached(let state) = survey else {
        guard case .unreachable(let failure) = survey else { return HostPlan(host: host, target: nil) }
        return HostPlan(host: host, action: .leftOut(failure), target: nil)
      }
      let wanted = lapse == .trialIgnored ? state.previous ?? goal : goal
      guard let step = step(host, state, way, to: wanted, arriving, among: kept) else {
        problems.append(lacksRecipe(host, selection, typed))
        return HostPlan(host: host, target: nil)
      }
      var seeing = step.seeing(state)
      seeing.inherits = inherits.indices.contains(host.number) ? inherits[host.number] : nil
      return seeing
    }
    guard problems.isEmpty else { throw Problems(problems, exit: .refused) }
    let recipe = selection.recipe
    let undoing = Undoing(undoInputs(selection, hosts, others, marks, goal, kept, despite, command))
    if !undoing.problems.isEmpty { throw Problems(undoing.problems, exit: .refused) }
    try Partners.refuseLost(hosts, kept, found, of: recipe)
    let (stages, recipes) = inPlace(undoing.before + [.rollout(nil)] + undoing.after, kept)
    return Plan(
      origin: identity.origin(.rollback(of: nil), after: way.history.newest),
      subject: Plan.Subject(
        application: recipe.application, recipe: recipe.name, group: selection.group, parameters: goal.inputs.parameters,
        typed: selection.typed.nilIfEmpty),
      content: Plan.Content(release: goal.release, recipes: recipes, inputs: goal.inputs), placement: recipe.placement,
      flow: Plan.Flow(
        stages: stages, trial: true, prunesLast: true, tracksService: true, rules: .newest),
      hosts: hosts,
      bounds: try bounds.letting(hosts, move: selection.configuration, beside: others),
      lock: Planner.lock(identity, "roll back \(recipe.name) of \(recipe.application)", above: Planner.fence(surveys + partners.surveys)),
      partners: found.with(register: recipe.flow.stages.needRegister || !marks.undoable(behind: goal).isEmpty))
  }

  /// Gives a recipe of its own to each stage that undoes another stage, so that the undo runs in the release for which the other stage ran.
  private static func inPlace(_ stages: [Stage], _ recipes: [PinnedRecipe]) -> ([Stage], [PinnedRecipe]) {
    var all = recipes
    let placed = stages.map { stage -> Stage in
      guard var undo = stage.terms?.undoes, let release = undo.release, recipes.indices.contains(undo.recipe) else { return stage }
      let recipe = recipes[undo.recipe].undoing(release)
      undo.recipe = all.firstIndex(of: recipe) ?? all.count
      if undo.recipe == all.count { all.append(recipe) }
      return stage.with(undo)
    }
    return (placed, all)
  }

  private static func undoInputs(
    _ selection: Selection, _ hosts: [HostPlan], _ others: Bystanders?, _ marks: StageMarks, _ goal: Receipt, _ kept: [PinnedRecipe],
    _ despite: [String], _ typed: String
  ) -> Undoing.Inputs {
    let staying = hosts.filter { $0.action == .unchanged }.compactMap { $0.inputs?.bundle }
    let hasLeftOut = hosts.contains { if case .leftOut = $0.action { true } else { false } }
    return Undoing.Inputs(
      marks: marks, goal: goal, leaving: hosts.filter { $0.action == .change && $0.lost == nil }.compactMap(\.previous), kept: kept,
      staying: staying + (others?.bundles ?? []), hasUnknown: hasLeftOut || others?.areUnknown ?? (selection.others > 0), despite: despite,
      typed: typed)
  }

  /// Returns the plan that takes one host to the goal, or nil if the recipe of the release that the host runs is unknown.
  private static func step(
    _ host: Host, _ state: HostState, _ way: WayBack, to goal: Receipt, _ arriving: Int, among kept: [PinnedRecipe]
  ) -> HostPlan? {
    var leaving = arriving
    var knows = false
    // If a failed deployment left a release without a receipt, its recipe is unknown, so the arriving recipe stops it.
    if let now = state.receipt, now.release.id == state.current {
      guard let own = Planner.recipe(of: now, among: kept) else { return way.stays(state) ? stay(host, state, goal, arriving) : nil }
      (leaving, knows) = (own, true)
    }
    if way.stays(state) { return stay(host, state, goal, arriving) }
    let isThere = state.releases.contains(goal.release.id)
    return HostPlan(
      host: host, facts: state.facts, target: goal.release, previous: state.receipt, current: state.current, leaving: leaving,
      arriving: arriving, restoring: knows ? leaving : nil, stages: !isThere, present: isThere, inputs: goal.inputs, goal: goal)
  }

  private static func stay(_ host: Host, _ state: HostState, _ goal: Receipt, _ recipe: Int) -> HostPlan {
    HostPlan(
      host: host, action: .unchanged, facts: state.facts, target: state.receipt?.release, previous: state.receipt, current: state.current,
      leaving: recipe, arriving: recipe, stages: false, present: true, inputs: state.receipt?.inputs)
  }

  private static func lacksRecipe(_ host: Host, _ selection: Selection, _ typed: String?) -> Problem {
    Problem(
      "the recipe that goes with its releases was not found on it or in the store", subject: host.name,
      fix: typed.map { "lander deploy \($0) with the older bundle in the place of this one" }
        ?? "deploy an older revision instead: lander deploy \(selection.typed()) --revision bundle:DIGEST")
  }
}
