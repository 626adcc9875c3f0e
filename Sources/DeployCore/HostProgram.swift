package import DeployModel

/// One thing that happens on a host in its part of a deployment.
package enum HostStep: Sendable, Hashable {
  case begin(LifecycleEvent)
  case end(LifecycleEvent)
  case skip(LifecycleEvent, reason: String)
  /// What the engine itself does; `vital` where a failure fails the host.
  case operation(DeployModel.Operation, vital: Bool)
  /// A function of a recipe; `vital` where a failure fails the host.
  case hook(Body, Intent.Site, vital: Bool)
}

/// What a host is taken through, as a list that is made before the first step: forward to the target, or back to what ran before.
package enum HostProgram {
  /// Takes the host to its target.
  /// - Parameter staged: the release has been sent already, by the upload stage.
  package static func forward(_ number: Int, in plan: Plan, staged: Bool) -> [HostStep] {
    let host = plan.hosts[number]
    var steps: [HostStep] = []
    steps.reserveCapacity(48)
    for event in LifecycleEvent.allCases {
      let recipe = plan.recipes[event.concernsPrevious ? host.leaving : host.arriving]
      var hooks = recipe.hooks.filter { $0.event == event }
      if host.target == nil, !event.concernsPrevious { hooks = [] }
      if event.concernsPrevious, host.current == nil {
        if !hooks.isEmpty { steps.append(.skip(event, reason: "nothing was deployed here before")) }
        continue
      }
      let files = appSpec(event, for: host, in: plan)
      let own = event == .install ? files + builtIn(event, for: host, staged: staged) : builtIn(event, for: host, staged: staged) + files
      if own.isEmpty && hooks.isEmpty { continue }
      let site = Intent.Site(event: event, release: event.concernsPrevious ? host.current : host.target?.id, previous: host.current)
      steps.append(.begin(event))
      steps += own.map { .operation($0, vital: true) }
      steps += hooks.map {
        .hook(Body(recipe: event.concernsPrevious ? host.leaving : host.arriving, function: $0.function), site, vital: true)
      }
      steps.append(.end(event))
    }
    if let receipt = receipt(for: number, in: plan) {
      steps.append(.operation(.record(receipt), vital: true))
      if let forget = appSpecForget(for: host, in: plan) { steps.append(.operation(forget, vital: false)) }
      steps.append(.operation(.prune(keep: plan.keep, pinned: [host.target?.id, host.current].compactMap { $0 }), vital: false))
    }
    return steps
  }

  /// Takes the host back to what it ran before, by that release's own recipe (host-protocol, *Restore of one host*).
  /// - Parameters:
  ///   - reached: the forward steps that were begun, the failed one included.
  package static func restore(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> [HostStep] {
    let host = plan.hosts[number]
    let activated = reached.contains { if case .operation(.activate, _) = $0 { true } else { false } }
    let recorded = reached.contains { if case .operation(.record, _) = $0 { true } else { false } }
    let stopped = reached.contains { if case .begin(let event) = $0 { event.concernsPrevious } else { false } }
    var steps: [HostStep] = []
    if activated {
      // Whatever of the new release runs is asked to stop; that it cannot is no reason to stay.
      let stop = plan.recipes[host.arriving].hooks.filter { $0.event == .applicationStop }
      let site = Intent.Site(event: .applicationStop, release: host.target?.id, previous: host.current)
      let scripts = appSpec(.applicationStop, of: host.arriving, in: plan).map { HostStep.operation($0, vital: false) }
      steps += bracket(
        .applicationStop, scripts + stop.map { .hook(Body(recipe: host.arriving, function: $0.function), site, vital: false) })
    }
    if let undo = appSpecUndo(for: host, in: plan, after: reached) { steps.append(.operation(undo, vital: true)) }
    if activated {
      steps.append(.operation(.activate(host.current), vital: true))
    }
    if activated || stopped, host.current != nil, let restoring = host.restoring {
      for event in [LifecycleEvent.applicationStart, .validateService, .beforeAllowTraffic, .allowTraffic, .afterAllowTraffic] {
        let hooks = plan.recipes[restoring].hooks.filter { $0.event == event }
        let site = Intent.Site(event: event, release: host.current, previous: host.target?.id)
        let scripts = appSpecBack(event, for: host, in: plan, after: reached).map { HostStep.operation($0, vital: true) }
        steps += bracket(event, scripts + hooks.map { .hook(Body(recipe: restoring, function: $0.function), site, vital: true) })
      }
    }
    if recorded, var previous = host.previous {
      previous.undid = plan.id
      steps.append(.operation(.record(previous), vital: true))
    }
    if !host.present, let target = host.target, target.id != host.current { steps.append(.operation(.discard(target.id), vital: false)) }
    return steps
  }

  /// Whether steps that were begun did no more than send a release.
  static func isUntouched(after reached: ArraySlice<HostStep>) -> Bool {
    reached.allSatisfy { step in
      switch step {
      case .begin(.downloadBundle), .end(.downloadBundle), .skip, .operation(.stage, _): true
      default: false
      }
    }
  }

  /// What a person types when restoring failed too.
  package static func commands(toRestore number: Int, in plan: Plan) -> [String] {
    let host = plan.hosts[number]
    let path = host.host.place(plan.path)
    let reach = host.host.transport == "ssh" ? "ssh \(host.host.address ?? host.host.name)" : "sh"
    guard let current = host.current else { return [reach, "rm \(path)/current"] }
    return [
      reach, "cd \(path)", "ln -s releases/\(current) .lander/current.by-hand && mv -T .lander/current.by-hand current",
      "# then start the application in \(path)/current",
    ]
  }

  private static func bracket(_ event: LifecycleEvent, _ steps: [HostStep]) -> [HostStep] {
    steps.isEmpty ? [] : [.begin(event)] + steps + [.end(event)]
  }

  private static func builtIn(_ event: LifecycleEvent, for host: HostPlan, staged: Bool) -> [DeployModel.Operation] {
    switch event {
    case .downloadBundle: host.stages && !staged ? host.target.map { [.stage($0)] } ?? [] : []
    case .install: [.activate(host.target?.id)]
    default: []
    }
  }

  private static func receipt(for number: Int, in plan: Plan) -> Receipt? {
    let host = plan.hosts[number]
    guard let target = host.target else { return nil }
    let undid: Deployment.ID? =
      switch plan.kind {
      case .rollback(let failed?): failed
      // The release that is deployed again stands where it stood: what was taken back above it stays so.
      case _ where host.previous?.release.id == target.id: host.previous?.undid
      case .rollback(nil): host.previous?.deployment
      case .deploy: nil
      }
    return Receipt(
      application: plan.application, group: plan.group, release: target, inputs: host.inputs ?? plan.inputs, deployment: plan.id,
      recipe: plan.recipes[host.arriving].name, actor: plan.actor, at: plan.at, undid: undid)
  }
}
