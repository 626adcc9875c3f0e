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
        // Its appspec scripts stand elsewhere on the host, and may still be there.
        let scripts = host.lost == nil ? [] : appSpec(event, for: host, in: plan).map { HostStep.operation($0, vital: false) }
        steps += bracket(event, scripts)
        if !hooks.isEmpty { steps.append(.skip(event, reason: host.reasonToSkip)) }
        continue
      }
      // A damaged release may lack the very program that stops it: nobody could ever repair it.
      let isVital = !event.concernsPrevious || host.damage == nil
      let files = appSpec(event, for: host, in: plan)
      let own = event == .install ? files + builtIn(event, for: host, staged: staged) : builtIn(event, for: host, staged: staged) + files
      if own.isEmpty && hooks.isEmpty { continue }
      let site = Intent.Site(event: event, release: event.concernsPrevious ? host.current : host.target?.id, previous: host.current)
      steps.append(.begin(event))
      steps += own.map { .operation($0, vital: isVital) }
      steps += hooks.map {
        .hook(Body(recipe: event.concernsPrevious ? host.leaving : host.arriving, function: $0.function), site, vital: isVital)
      }
      steps.append(.end(event))
    }
    if let receipt = receipt(for: number, in: plan) {
      steps.append(.operation(.record(receipt), vital: true))
      if let forget = appSpecForget(for: host, in: plan) { steps.append(.operation(forget, vital: false)) }
      let pinned = [host.target?.id, host.current, host.back?.release.id].compactMap { $0 }
      steps.append(.operation(.prune(keep: plan.keep, pinned: pinned), vital: false))
    }
    return steps
  }

  /// Takes the host back to what it ran before, by that release's own recipe (host-protocol, *Restore of one host*).
  /// - Parameters:
  ///   - reached: the forward steps that were begun, the failed one included.
  package static func restore(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> [HostStep] {
    let host = plan.hosts[number]
    let activated = reached.contains { $0.switchesCurrent }
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
    let leaves = leaves(number, in: plan, after: reached)
    if activated || leaves {
      steps.append(.operation(switching(to: host.wayBack, or: host.found), vital: true))
    }
    if activated || stopped, host.wayBack != nil, let restoring = host.restoring {
      for event in [LifecycleEvent.applicationStart, .validateService, .beforeAllowTraffic, .allowTraffic, .afterAllowTraffic] {
        let hooks = plan.recipes[restoring].hooks.filter { $0.event == event }
        let site = Intent.Site(event: event, release: host.wayBack, previous: host.target?.id)
        let scripts = appSpecBack(event, for: host, in: plan, after: reached).map { HostStep.operation($0, vital: true) }
        steps += bracket(event, scripts + hooks.map { .hook(Body(recipe: restoring, function: $0.function), site, vital: true) })
      }
    }
    if recorded || leaves, var previous = host.back ?? host.previous {
      previous.undid = plan.id
      steps.append(.operation(.record(previous), vital: true))
    }
    if !host.present, let target = host.target, target.id != host.wayBack { steps.append(.operation(.discard(target.id), vital: false)) }
    return steps
  }

  /// Whether a host that goes back leaves what it ran before too: that was on trial, and it was stopped already.
  static func leaves(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> Bool {
    plan.hosts[number].back != nil
      && reached.contains { step in
        switch step {
        case .begin(let event): event.concernsPrevious
        case .operation(.activate, _): true
        default: false
        }
      }
  }

  /// Whether steps that were begun did no more than send a release that does not run.
  static func isUntouched(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> Bool {
    reached.allSatisfy { step in
      switch step {
      case .begin(.downloadBundle), .end(.downloadBundle), .skip: true
      case .operation(.stage, _): plan.hosts[number].repairs != true
      default: false
      }
    }
  }

  /// What a person types when restoring failed too; never a way to a release that is known to be broken.
  package static func commands(toRestore number: Int, in plan: Plan) -> [String] {
    let host = plan.hosts[number]
    let path = host.host.place(plan.path)
    let reach = host.host.transport == "ssh" ? "ssh \(host.host.address ?? host.host.name)" : "sh"
    let again = "lander deploy \(plan.recipe) --group \(plan.group) --only \(host.host.name) --force"
    if host.back == nil, let damage = host.damage, damage.kind != .gone || host.wayBack != nil {
      return [
        reach, "ls -l \(path)/current \(path)/releases",
        "# do not link release \(damage.release): \(damage.words); `\(again)` sends what is missing",
      ]
    }
    guard let target = (host.back?.release.id ?? host.current).map({ "releases/\($0)" }) ?? host.found else {
      guard let lost = host.lost else { return [reach, "rm \(path)/current"] }
      return [reach, "rm \(path)/current", "# release \(lost) ran there, and its folder is gone; `\(again)` sends it again"]
    }
    return [
      reach, "cd \(path)", "ln -s \(quoted(target)) .lander/current.by-hand && mv -T .lander/current.by-hand current",
      "# then start the application in \(path)/current",
    ]
  }

  /// A word for a shell: as it is if it is plain, else between quotes.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-")...UInt8(ascii: "9"),
        UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return isPlain ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// The operation that makes a release current, or puts a link back that was there before; with neither, takes `current` away.
  private static func switching(to release: Release.ID?, or link: String?) -> DeployModel.Operation {
    if release == nil, let link { return .relink(link) }
    return .activate(release)
  }

  private static func bracket(_ event: LifecycleEvent, _ steps: [HostStep]) -> [HostStep] {
    steps.isEmpty ? [] : [.begin(event)] + steps + [.end(event)]
  }

  private static func builtIn(_ event: LifecycleEvent, for host: HostPlan, staged: Bool) -> [DeployModel.Operation] {
    switch event {
    case .downloadBundle: (host.stages && !staged) || host.repairs == true ? host.target.map { [.stage($0)] } ?? [] : []
    case .install: [switching(to: host.target?.id, or: host.link)]
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
    // What a rollback goes to has proved good before, or has not.
    let trial = plan.kind == .deploy ? plan.trial : host.goal?.trial
    let secrets = plan.trial == nil ? nil : host.goal.map { $0.secrets?.map { SecretMark($0.name) } } ?? plan.secrets.map { SecretMark($0) }
    return Receipt(
      application: plan.application, group: plan.group, release: target, inputs: host.inputs ?? plan.inputs, deployment: plan.id,
      recipe: plan.recipes[host.arriving].name, actor: plan.actor, at: plan.at, undid: undid, trial: trial, secrets: secrets)
  }
}

extension HostStep {
  /// Whether it changes what `current` names.
  fileprivate var switchesCurrent: Bool {
    switch self {
    case .operation(.activate, _), .operation(.relink, _): true
    default: false
    }
  }
}

extension HostPlan {
  /// Why the hooks of the outgoing release are skipped.
  fileprivate var reasonToSkip: String {
    if let lost { return "warning: release \(lost), which ran here, is gone from the host, so its hooks have no folder to run in" }
    return found == nil ? "nothing was deployed here before" : "what runs here was not deployed by lander"
  }
}
