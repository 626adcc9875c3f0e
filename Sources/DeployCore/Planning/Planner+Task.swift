import DeployModel

/// Plans tasks, whose hosts keep their release and receipt.
extension Planner {
  /// Returns the plan of a task.
  /// - Throws: an error that lists every reason why the task cannot run. Planning changes nothing.
  static func task(_ task: NamedTask, _ input: Input, by identity: Identity) throws(Problems) -> Plan {
    let selection = input.selection
    let bounds = try Bounds(selection, away: input.surveys.count(where: \.isAway), waves: input.waves, others: input.others)
    try refuseUnreachable(input.surveys, selection, bounds)
    let partners = try Partners.found(selection.partners, input.partners)
    try Obstacles.refuse(input.surveys, selection, besides: task.work.around == nil ? [] : bare(input, task))
    let history = GroupHistory(input.surveys)
    let hosts = zip(selection.hosts, input.surveys).map { host, survey in
      var step = bare(host, survey, history, in: input) { running($0) }
      step.link = step.found
      if step.current == nil { step.target = nil }
      return step
    }
    let known = newest(of: hosts)
    try refuseDifferences(from: known, selection, hosts)
    try refuseMissing(of: selection, over: known)
    return bare(
      .task(task.work), input, hosts, partners, try bounds.letting(hosts, move: selection.configuration, beside: input.others),
      known: known, by: identity)
  }

  /// Returns the release that the host runs, or nil if no receipt names it.
  private static func running(_ state: HostState) -> Release? {
    [state.receipt, state.previous].lazy.compactMap { $0?.release }.first { $0.id == state.current }
  }

  /// Returns a problem for each host that runs nothing, because the task would have nothing to take out of service or restart there.
  private static func bare(_ input: Input, _ task: NamedTask) -> [Problem] {
    zip(input.selection.hosts, input.surveys).compactMap { host, survey in
      guard case .reached(let state) = survey, running(state) == nil || state.damage(of: state.current)?.kind == .gone else { return nil }
      let verb = task.work.around == .restart ? "restart" : "take out of service"
      return Problem(
        "nothing that lander deployed runs there, so there is nothing to \(verb)", subject: host.name,
        fix: "lander deploy \(input.selection.typed()) brings it; --only names the hosts that the task is for")
    }
  }

  /// Refuses a task if a parameter is not given and the hosts were deployed with different values of that parameter.
  private static func refuseDifferences(
    from newest: Receipt.Inputs?, _ selection: Selection, _ hosts: [HostPlan]
  ) throws(Problems) {
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
  }
  /// Refuses parameters that are neither given nor known from a deployed release.
  private static func refuseMissing(of selection: Selection, over known: Receipt.Inputs?) throws(Problems) {
    let all = parameters(of: selection, over: known).members
    let missing = selection.recipe.inherited.filter { one in !all.contains { $0.name.isExactly(one.name) } }.map { one in
      Problem(
        "this parameter has to be given (\(one.kind.words)): nothing was deployed to these hosts that has a value of it", place: one.place,
        subject: "--\(one.name)", fix: "give it, or deploy \(selection.recipe.name) first: a task takes the values of the release that runs"
      )
    }
    guard missing.isEmpty else { throw Problems(missing) }
  }
}
