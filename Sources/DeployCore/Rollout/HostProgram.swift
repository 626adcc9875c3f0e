package import DeployModel

/// One step of a host's part of a deployment.
package enum HostStep: Sendable, Hashable {
  case begin(LifecycleEvent)
  case end(LifecycleEvent)
  case skip(LifecycleEvent, reason: String)
  /// An operation of the engine itself. If `vital`, the host fails when the operation fails.
  case operation(DeployModel.Operation, vital: Bool)
  /// A function of a recipe. If `vital`, the host fails when the function fails.
  case hook(Body, Intent.Site, vital: Bool)
}

/// Makes the list of a host's steps, before the first step begins: forward to the target, or back to what the host ran before.
package enum HostProgram {
  /// Returns the steps that bring the host to its target.
  /// - Parameter staged: whether the upload stage has already sent the release.
  package static func forward(_ number: Int, in plan: Plan, staged: Bool) -> [HostStep] {
    var steps: [HostStep] = []
    steps.reserveCapacity(48)
    for segment in Segment.allCases { steps += Self.steps(of: segment, number, in: plan, staged: staged) }
    return steps
  }

  /// Returns the steps of one segment on the way to the target.
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
      // An installer might have put scripts of the old release outside that release's folder, so the scripts might still exist.
      let scripts = host.lost == nil ? [] : own(event, for: host, in: plan, staged: staged)
      return bracket(event, scripts.map { .operation($0, vital: false) }) + (hooks.isEmpty ? [] : [.skip(event, reason: host.reasonToSkip)])
    }
    // Tolerates a failed stop in two cases. First, a damaged release might lack the program that stops it, and could otherwise never be
    // repaired. Second, a rollback leaves a release because that release is bad, so a failed stop must not prevent the rollback.
    let isForced = plan.kind.isRollback || plan.kind.removal?.force == true
    let isVital = !event.concernsPrevious || host.damage == nil && !isForced
    let site = Intent.Site(event: event, release: event.concernsPrevious ? host.current : host.target?.id, previous: host.current)
    return bracket(
      event,
      own(event, for: host, in: plan, staged: staged).map { .operation($0, vital: isVital) }
        + hooks.map {
          .hook(Body(recipe: number, function: $0.function), site, vital: isVital)
        })
  }

  private static func settle(_ number: Int, in plan: Plan) -> [HostStep] {
    let host = plan.hosts[number]
    guard let receipt = receipt(for: number, in: plan) else { return [] }
    var steps: [HostStep] = [.operation(.record(receipt), vital: true)]
    steps += plan.installer(of: host.arriving).forget(in: plan).map { .operation($0, vital: false) }
    if plan.flow.prunesLast != true, let prune = prune(number, in: plan) { steps.append(.operation(prune, vital: false)) }
    return steps
  }

  /// Returns the site of steps that belong to no lifecycle event.
  static func site(of host: Int, in plan: Plan) -> Intent.Site {
    Intent.Site(release: plan.hosts[host].target?.id, previous: plan.hosts[host].current)
  }

  /// Returns the operation that removes old releases from a host that has succeeded, or nil if the host has no target. Three releases
  /// always stay: the one that the host runs, the one that it ran before, and the one to which the group would go back.
  static func prune(_ number: Int, in plan: Plan) -> DeployModel.Operation? {
    let host = plan.hosts[number]
    guard host.target != nil else { return nil }
    return .prune(keep: plan.placement.keep, pinned: [host.target?.id, host.current, host.back?.release.id].compactMap { $0 })
  }

  /// Returns the operation that makes a release current. Without a release, the operation restores an earlier link. Without either, it
  /// removes `current`.
  static func switching(to release: Release.ID?, or link: String?) -> DeployModel.Operation {
    if release == nil, let link { return .relink(link) }
    return .activate(release)
  }

  static func bracket(_ event: LifecycleEvent, _ steps: [HostStep]) -> [HostStep] {
    steps.isEmpty ? [] : [.begin(event)] + steps + [.end(event)]
  }

  /// Returns the engine's own operations for an event on the way to the target. They precede the recipe's hooks.
  private static func own(_ event: LifecycleEvent, for host: HostPlan, in plan: Plan, staged: Bool) -> [DeployModel.Operation] {
    if event.concernsPrevious { return plan.installer(of: host.leaving).scripts(of: event, release: host.target?.id, in: plan) }
    let arriving = plan.installer(of: host.arriving)
    switch event {
    case .downloadBundle: return arriving.deliver(to: host, in: plan, staged: staged)
    case .install:
      // The host returns to its state before this installer's first installation, so the installed files are removed.
      let isLast = plan.kind.isRollback && (host.target == nil || !arriving.placesFiles)
      return (isLast ? plan.installer(of: host.leaving).remove(in: plan) : []) + arriving.install(on: host, in: plan)
    default: return host.target == nil ? [] : arriving.scripts(of: event, release: host.target?.id, in: plan)
    }
  }

  static func receipt(for number: Int, in plan: Plan) -> Receipt? {
    let host = plan.hosts[number]
    guard let target = host.target else { return nil }
    let undid: Deployment.ID? =
      switch plan.kind {
      case .rollback(let failed?): failed
      case .deploy where plan.flow.undoes != nil: plan.flow.undoes
      // If a release is deployed again, the new receipt keeps the earlier receipt's record of the deployment that was rolled back.
      case _ where host.previous?.release.id == target.id: host.previous?.undid
      case .rollback(nil): host.previous?.deployment
      case .deploy, .task, .remove: nil
      }
    // The release to which a rollback returns stays good or on trial, as it was before.
    let trial = plan.kind == .deploy ? plan.flow.trial : host.goal?.trial
    let secrets =
      plan.flow.trial == nil
      ? nil : host.goal.map { $0.secrets?.map { SecretMark($0.name) } } ?? plan.content.secrets.map { SecretMark($0) }
    // A host that goes back gets the commit of its earlier release, not that of the failed deployment.
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
  /// The largest number of rolled-back deployments that a receipt lists.
  private static let mostRolledBack = 50

  /// Returns the deployments that were rolled back: those that the previous receipt lists, and the previous receipt's own deployment if
  /// this rollback rolls it back. Returns nil if there are none.
  /// - Parameter receipt: the receipt that is being written.
  func rolledBack(for receipt: Receipt) -> [Deployment.ID]? {
    var known = previous?.rolledBack ?? []
    if let previous, receipt.undid == previous.deployment, receipt.origin < previous.origin { known.append(previous.deployment) }
    known.removeAll { $0 == receipt.deployment }
    return known.isEmpty ? nil : Array(known.suffix(Self.mostRolledBack))
  }

  /// Returns the index of the recipe whose hooks run for an event on the way to the target.
  fileprivate func recipe(of event: LifecycleEvent, in plan: Plan) -> Int {
    if event.concernsPrevious { return leaving }
    return event.givesTraffic ? admitting(arriving, in: plan) : arriving
  }

  /// Returns the index of the recipe that gives the host its traffic back. This is the recipe that starts the release. If the starting
  /// recipe has no traffic hooks, it is the recipe that took the traffic away, because otherwise the host would stay without traffic.
  func admitting(_ starting: Int, in plan: Plan) -> Int {
    let (recipes, takes) = (plan.content.recipes, { (hook: Recipe.Hook) in hook.event.givesTraffic })
    return !recipes[starting].hooks.contains(where: takes) && recipes[leaving].hooks.contains(where: takes) ? leaving : starting
  }

  /// Why the hooks of the outgoing release are skipped, as a clause.
  fileprivate var reasonToSkip: String {
    if let lost { return "warning: release \(lost), which ran here, is gone from the host, so its hooks have no folder to run in" }
    return found == nil ? "nothing was deployed here before" : "what runs here was not deployed by lander"
  }
}
