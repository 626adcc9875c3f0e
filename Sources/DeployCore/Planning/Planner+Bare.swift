import DeployModel

/// Plans deployments that bring no revision to their hosts.
extension Planner {
  /// Returns the plan of a task or a removal.
  /// - Parameters:
  ///   - known: the inputs of the deployment that brought the newest release, or nil if no host's receipt states them.
  ///   - bounds: the bounds for these hosts.
  static func bare(
    _ kind: Plan.Kind, _ input: Input, _ hosts: [HostPlan], _ partners: [Partner], _ bounds: Bounds, known: Receipt.Inputs?,
    by identity: Identity
  ) -> Plan {
    let (recipe, selection) = (input.selection.recipe, input.selection)
    var lock = lock(
      identity, recipe.purpose(on: selection.group), above: fence(input.surveys + input.partners.surveys), input.orphans,
      ticket: input.ticket)
    lock.sequence = input.sequence
    let parameters = parameters(of: selection, over: known)
    return Plan(
      origin: identity.origin(kind, after: GroupHistory(input.surveys).newest),
      subject: Plan.Subject(
        application: recipe.application, recipe: recipe.name, group: selection.group, parameters: parameters,
        typed: selection.typed.nilIfEmpty),
      content: Plan.Content(
        release: hosts.lazy.compactMap(\.target).first,
        recipes: [PinnedRecipe(name: recipe.name, sources: input.sources, hooks: recipe.flow.hooks, appspec: recipe.appspec)],
        inputs: Receipt.Inputs(
          bundle: known?.bundle ?? input.bundle.digest, sources: input.sources, parameters: parameters, shared: [], secrets: []),
        secrets: sorted(recipe.secrets + input.foundSecrets)),
      placement: recipe.placement,
      flow: Plan.Flow(stages: recipe.flow.stages, rollback: true, tracksService: true, rules: .newest), hosts: hosts,
      bounds: bounds, lock: lock, partners: partners)
  }

  /// Returns the plan of one host. If the host fails, it gets back the release that it runs now.
  /// - Parameter target: returns the release that the host should run, or nil if there is none.
  static func bare(_ host: Host, _ survey: Survey, _ history: GroupHistory, in input: Input, target: (HostState) -> Release?) -> HostPlan {
    guard case .reached(let state) = survey else {
      guard case .unreachable(let failure) = survey else { return HostPlan(host: host, target: nil) }
      return HostPlan(host: host, action: .leftOut(failure), target: nil)
    }
    var step = HostPlan(
      host: host, facts: state.facts, target: target(state), previous: history.settled(state.receipt), current: state.current,
      restoring: 0, stages: false, present: true
    ).seeing(state)
    step.inherits = input.inherits.indices.contains(host.number) ? input.inherits[host.number] : nil
    return step
  }

  /// Returns the parameters. Given values take precedence over the newest release's values, which take precedence over the defaults.
  static func parameters(of selection: Selection, over known: Receipt.Inputs?) -> Value {
    let earlier = (known?.parameters.members ?? []).filter { one in !selection.given.contains { $0.isExactly(one.name) } }
    let own = selection.parameters.members.filter { one in !earlier.contains { $0.name.isExactly(one.name) } }
    return .record(of: (own + earlier).map { ($0.name, $0.value) })
  }

  /// Returns the inputs of the deployment that brought the newest release, or nil if no host's receipt states them.
  static func newest(of hosts: [HostPlan]) -> Receipt.Inputs? { hosts.compactMap(\.previous).max { $0.at < $1.at }?.inputs }
}
