import DeployModel

/// Plans of tasks: what hosts run stays, and so do their receipts.
extension Planner {
  /// - Throws: every reason at once why the task cannot run; nothing was changed.
  static func task(_ task: NamedTask, _ input: Input, by identity: Identity) throws(Problems) -> Plan {
    let (recipe, selection) = (input.selection.recipe, input.selection)
    let bounds = try Bounds(selection, away: input.surveys.count(where: \.isAway), waves: input.waves, others: input.others)
    try refuseUnreachable(input.surveys, selection, bounds)
    let partners = try Partners.found(selection.partners, input.partners)
    try Obstacles.refuse(input.surveys, selection, besides: task.work.around == nil ? [] : bare(input, task))
    let history = GroupHistory(input.surveys)
    let hosts = zip(selection.hosts, input.surveys).map { host, survey in
      var step = step(host, survey, history)
      step.inherits = input.inherits.indices.contains(host.number) ? input.inherits[host.number] : nil
      return step
    }
    var lock = lock(
      identity, recipe.purpose(on: selection.group), above: fence(input.surveys + input.partners.surveys), input.orphans,
      ticket: input.ticket)
    lock.sequence = input.sequence
    let (parameters, known) = try parameters(of: selection, after: hosts)
    return Plan(
      origin: identity.origin(.task(task.work), after: history.newest),
      subject: Plan.Subject(application: recipe.application, recipe: recipe.name, group: selection.group, parameters: parameters),
      content: Plan.Content(
        release: hosts.lazy.compactMap(\.target).first,
        recipes: [PinnedRecipe(name: recipe.name, sources: input.sources, hooks: recipe.flow.hooks)],
        inputs: Receipt.Inputs(
          bundle: known?.bundle ?? input.bundle.digest, sources: input.sources, parameters: parameters, shared: [], secrets: []),
        secrets: sorted(recipe.secrets + input.foundSecrets)),
      placement: recipe.placement,
      flow: Plan.Flow(stages: recipe.flow.stages, rollback: true, tracksService: true, rules: .newest), hosts: hosts,
      bounds: try bounds.letting(hosts, move: selection.configuration, beside: input.others), lock: lock, partners: partners)
  }

  private static func step(_ host: Host, _ survey: Survey, _ history: GroupHistory) -> HostPlan {
    guard case .reached(let state) = survey else {
      guard case .unreachable(let failure) = survey else { return HostPlan(host: host, target: nil) }
      return HostPlan(host: host, action: .leftOut(failure), target: nil)
    }
    var step = HostPlan(
      host: host, facts: state.facts, target: running(state), previous: history.settled(state.receipt), current: state.current,
      restoring: 0, stages: false, present: true
    ).seeing(state)
    step.link = step.found
    if step.current == nil { step.target = nil }
    return step
  }

  /// The release that runs, if a receipt tells of it.
  private static func running(_ state: HostState) -> Release? {
    [state.receipt, state.previous].lazy.compactMap { $0?.release }.first { $0.id == state.current }
  }

  /// Hosts on which nothing runs that could leave the service.
  private static func bare(_ input: Input, _ task: NamedTask) -> [Problem] {
    zip(input.selection.hosts, input.surveys).compactMap { host, survey in
      guard case .reached(let state) = survey, running(state) == nil || state.damage(of: state.current)?.kind == .gone else { return nil }
      let verb = task.work.around == .restart ? "restart" : "take out of service"
      return Problem(
        "nothing that lander deployed runs there, so there is nothing to \(verb)", subject: host.name,
        fix: "lander deploy \(input.selection.recipe.name) brings it; --only names the hosts that the task is for")
    }
  }

  /// What was given, over what the newest release was deployed with, over defaults.
  /// - Throws: if hosts were deployed with different values of one that nobody gave.
  private static func parameters(of selection: Selection, after hosts: [HostPlan]) throws(Problems) -> (Value, Receipt.Inputs?) {
    let newest = hosts.compactMap(\.previous).max { $0.at < $1.at }?.inputs
    let earlier = (newest?.parameters.members ?? []).filter { one in !selection.given.contains { $0.isExactly(one.name) } }
    let problems = earlier.compactMap { one -> Problem? in
      let other = hosts.first { host in host.previous.map { $0.inputs.parameters[one.name] != one.value } ?? false }
      return other.map { other in
        Problem(
          "hosts run with different values of it: \(other.host.name) was deployed with another one than the newest",
          subject: "--\(one.name)",
          fix: "give the value, or name the hosts that have the same one with --only")
      }
    }
    guard problems.isEmpty else { throw Problems(problems) }
    let own = selection.parameters.members.filter { one in !earlier.contains { $0.name.isExactly(one.name) } }
    let all = own + earlier
    let missing = selection.recipe.inherited.filter { one in !all.contains { $0.name.isExactly(one.name) } }.map { one in
      Problem(
        "this parameter has to be given (\(one.kind.words)): nothing was deployed to these hosts that has a value of it", place: one.place,
        subject: "--\(one.name)", fix: "give it, or deploy \(selection.recipe.name) first: a task takes the values of the release that runs"
      )
    }
    guard missing.isEmpty else { throw Problems(missing) }
    return (.record(of: all.map { ($0.name, $0.value) }), newest)
  }
}
