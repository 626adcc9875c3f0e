package import DeployModel

/// One step of a host in its part of a deployment.
package enum HostStep: Sendable, Hashable {
  case begin(LifecycleEvent)
  case end(LifecycleEvent)
  case skip(LifecycleEvent, reason: String)
  /// An operation of the engine itself; `vital` if its failure fails the host.
  case operation(DeployModel.Operation, vital: Bool)
  /// A function of a recipe; `vital` if its failure fails the host.
  case hook(Body, Intent.Site, vital: Bool)
}

/// The steps of a host, as a list that is made before the first step: forward to the target, or back to what ran before.
package enum HostProgram {
  /// The steps that take the host to its target.
  /// - Parameter staged: whether the upload stage has sent the release already.
  package static func forward(_ number: Int, in plan: Plan, staged: Bool) -> [HostStep] {
    var steps: [HostStep] = []
    steps.reserveCapacity(48)
    for segment in Segment.allCases { steps += Self.steps(of: segment, number, in: plan, staged: staged) }
    return steps
  }

  /// The steps of one segment on the way forward.
  static func steps(of segment: Segment, _ number: Int, in plan: Plan, staged: Bool) -> [HostStep] {
    if let task = plan.kind.task { return steps(of: segment, of: task, number, in: plan) }
    if let removal = plan.kind.removal { return steps(of: segment, of: removal, number, in: plan) }
    if segment == .settle { return settle(number, in: plan) }
    return segment.events.flatMap { steps(of: $0, for: plan.hosts[number], in: plan, staged: staged) }
  }

  static func steps(of event: LifecycleEvent, for host: HostPlan, in plan: Plan, staged: Bool) -> [HostStep] {
    let number = host.recipe(of: event, in: plan)
    var hooks = plan.content.recipes[number].hooks.filter { $0.event == event }
    if host.target == nil, !event.concernsPrevious { hooks = [] }
    if event.concernsPrevious, host.current == nil {
      // Its appspec scripts are elsewhere on the host, and may still exist.
      let scripts = host.lost == nil ? [] : appSpec(event, for: host, in: plan).map { HostStep.operation($0, vital: false) }
      return bracket(event, scripts) + (hooks.isEmpty ? [] : [.skip(event, reason: host.reasonToSkip)])
    }
    // A damaged release may lack the very program that stops it, and then nobody could ever repair it. A rollback leaves a release
    // because it is bad, so it does not keep one that cannot be stopped.
    let isForced = plan.kind.isRollback || plan.kind.removal?.force == true
    let isVital = !event.concernsPrevious || host.damage == nil && !isForced
    let files = appSpec(event, for: host, in: plan)
    let own = event == .install ? files + builtIn(event, for: host, staged: staged) : builtIn(event, for: host, staged: staged) + files
    let site = Intent.Site(event: event, release: event.concernsPrevious ? host.current : host.target?.id, previous: host.current)
    return bracket(
      event,
      own.map { .operation($0, vital: isVital) }
        + hooks.map {
          .hook(Body(recipe: number, function: $0.function), site, vital: isVital)
        })
  }

  private static func settle(_ number: Int, in plan: Plan) -> [HostStep] {
    let host = plan.hosts[number]
    guard let receipt = receipt(for: number, in: plan) else { return [] }
    var steps: [HostStep] = [.operation(.record(receipt), vital: true)]
    if let forget = appSpecForget(for: host, in: plan) { steps.append(.operation(forget, vital: false)) }
    if plan.flow.prunesLast != true, let prune = prune(number, in: plan) { steps.append(.operation(prune, vital: false)) }
    return steps
  }

  /// The site of steps that belong to no lifecycle event.
  static func site(of host: Int, in plan: Plan) -> Intent.Site {
    Intent.Site(release: plan.hosts[host].target?.id, previous: plan.hosts[host].current)
  }

  /// The operation that removes old releases from a host that has succeeded; nil: the host went back to nothing. Three releases stay: what
  /// the host runs, what it ran before, and what the group goes back to.
  static func prune(_ number: Int, in plan: Plan) -> DeployModel.Operation? {
    let host = plan.hosts[number]
    guard host.target != nil else { return nil }
    return .prune(keep: plan.placement.keep, pinned: [host.target?.id, host.current, host.back?.release.id].compactMap { $0 })
  }

  /// The operation that makes a release current, or restores an earlier link; with neither, it removes `current`.
  static func switching(to release: Release.ID?, or link: String?) -> DeployModel.Operation {
    if release == nil, let link { return .relink(link) }
    return .activate(release)
  }

  static func bracket(_ event: LifecycleEvent, _ steps: [HostStep]) -> [HostStep] {
    steps.isEmpty ? [] : [.begin(event)] + steps + [.end(event)]
  }

  private static func builtIn(_ event: LifecycleEvent, for host: HostPlan, staged: Bool) -> [DeployModel.Operation] {
    switch event {
    case .downloadBundle: (host.stages && !staged) || host.repairs == true ? host.target.map { [.stage($0)] } ?? [] : []
    case .install: [switching(to: host.target?.id, or: host.link)]
    default: []
    }
  }

  static func receipt(for number: Int, in plan: Plan) -> Receipt? {
    let host = plan.hosts[number]
    guard let target = host.target else { return nil }
    let undid: Deployment.ID? =
      switch plan.kind {
      case .rollback(let failed?): failed
      case .deploy where plan.flow.undoes != nil: plan.flow.undoes
      // The release that is deployed again replaces itself, so what it took back stays taken back.
      case _ where host.previous?.release.id == target.id: host.previous?.undid
      case .rollback(nil): host.previous?.deployment
      case .deploy, .task, .remove: nil
      }
    // The goal of a rollback has proved good before, or has not.
    let trial = plan.kind == .deploy ? plan.flow.trial : host.goal?.trial
    let secrets =
      plan.flow.trial == nil
      ? nil : host.goal.map { $0.secrets?.map { SecretMark($0.name) } } ?? plan.content.secrets.map { SecretMark($0) }
    // A host that goes back has another commit than the failed one.
    let commit = plan.kind == .deploy ? plan.origin.provenance?.commit : host.goal?.provenance?.commit
    let provenance = (plan.origin.provenance ?? commit.map { Provenance(commit: $0) })?.ofReceipt(at: commit)
    var receipt = Receipt(
      application: plan.subject.application, group: plan.subject.group, release: target, inputs: host.inputs ?? plan.content.inputs,
      deployment: plan.id,
      recipe: plan.content.recipes[host.arriving].name, actor: plan.origin.actor, at: plan.receiptTime, undid: undid, trial: trial,
      secrets: secrets, provenance: provenance)
    receipt.installedAt = host.goal?.origin ?? plan.origin.receiptsInstalledAt
    receipt.rolledBack = host.rolledBack(for: receipt)
    return receipt
  }
}

extension HostPlan {
  /// The most deployments that a receipt remembers as rolled back.
  private static let mostRolledBack = 50

  /// Deployments that were left for an older release: the deployments that the previous receipt knew, and the previous receipt's own
  /// deployment if this one takes it back.
  /// - Parameter receipt: the receipt that is written now.
  func rolledBack(for receipt: Receipt) -> [Deployment.ID]? {
    var known = previous?.rolledBack ?? []
    if let previous, receipt.undid == previous.deployment, receipt.origin < previous.origin { known.append(previous.deployment) }
    known.removeAll { $0 == receipt.deployment }
    return known.isEmpty ? nil : Array(known.suffix(Self.mostRolledBack))
  }

  /// Index of the recipe whose hooks an event runs on the way forward.
  fileprivate func recipe(of event: LifecycleEvent, in plan: Plan) -> Int {
    if event.concernsPrevious { return leaving }
    return event.givesTraffic ? admitting(arriving, in: plan) : arriving
  }

  /// Index of the recipe that gives the host its traffic back: the recipe that starts the release. If that recipe has no traffic hooks, it
  /// is the recipe that took the traffic away; otherwise the host would stay without traffic.
  func admitting(_ starting: Int, in plan: Plan) -> Int {
    let (recipes, takes) = (plan.content.recipes, { (hook: Recipe.Hook) in hook.event.givesTraffic })
    return !recipes[starting].hooks.contains(where: takes) && recipes[leaving].hooks.contains(where: takes) ? leaving : starting
  }

  /// Why the hooks of the outgoing release are skipped.
  fileprivate var reasonToSkip: String {
    if let lost { return "warning: release \(lost), which ran here, is gone from the host, so its hooks have no folder to run in" }
    return found == nil ? "nothing was deployed here before" : "what runs here was not deployed by lander"
  }
}
