package import DeployModel

/// How a host is restored: the steps that undo each segment, and the commands for a person in case the restore fails too.
extension HostProgram {
  /// Returns the steps that restore what the host ran before, with the recipe of that release (docs/host-protocol.md). The steps undo each
  /// segment that had begun, in the order that a restore needs. This order is not exactly the reverse of the forward order.
  /// - Parameter reached: the forward steps that had begun, including the failed step.
  package static func restore(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> [HostStep] {
    if plan.kind.task != nil { return undoTask(plan.hosts[number], in: plan, after: reached) }
    return undoStart(number, in: plan, after: reached) + undoInstall(number, in: plan, after: reached)
      + undoStop(number, in: plan, after: reached)
      + undoSettle(number, in: plan, after: reached) + undoDeliver(number, in: plan)
  }

  /// Returns the steps that stop the new release. The restore continues even if the release cannot be stopped.
  private static func undoStart(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> [HostStep] {
    guard reached.contains(where: \.switchesCurrent) else { return [] }
    let host = plan.hosts[number]
    let stop = plan.content.recipes[host.arriving].hooks.filter { $0.event == .applicationStop }
    let site = Intent.Site(event: .applicationStop, release: host.target?.id, previous: host.current)
    let scripts = plan.installer(of: host.arriving).scripts(of: .applicationStop, release: nil, in: plan).map {
      HostStep.operation($0, vital: false)
    }
    return bracket(
      .applicationStop, scripts + stop.map { .hook(Body(recipe: host.arriving, function: $0.function), site, vital: false) })
  }

  /// Returns the steps that restore the files and `current`.
  private static func undoInstall(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> [HostStep] {
    let host = plan.hosts[number]
    var steps = plan.installer(of: host.arriving).undo(after: reached, in: plan).map { HostStep.operation($0, vital: true) }
    if reached.contains(where: \.switchesCurrent) || leaves(number, in: plan, after: reached) {
      steps.append(.operation(switching(to: host.wayBack, or: host.found), vital: true))
    }
    return steps
  }

  /// Returns the steps that start the previous release and give it its traffic back.
  private static func undoStop(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> [HostStep] {
    let host = plan.hosts[number]
    let stopped = reached.contains { if case .begin(let event) = $0 { event.concernsPrevious } else { false } }
    guard stopped || reached.contains(where: \.switchesCurrent), host.wayBack != nil, let restoring = host.restoring else { return [] }
    // If the new files stay in place, the scripts of the earlier release do not fit these files.
    let installer = plan.installer(of: host.arriving).stays(after: reached, in: plan) ? nil : plan.installer(of: restoring)
    return (Segment.start.events + Segment.validate.events + Segment.admit.events).flatMap { event in
      let recipe = event.givesTraffic ? host.admitting(restoring, in: plan) : restoring
      let hooks = plan.content.recipes[recipe].hooks.filter { $0.event == event }
      let site = Intent.Site(event: event, release: host.wayBack, previous: host.target?.id)
      let scripts = installer?.scripts(backAt: event, in: plan).map { HostStep.operation($0, vital: true) } ?? []
      return bracket(event, scripts + hooks.map { .hook(Body(recipe: recipe, function: $0.function), site, vital: true) })
    }
  }

  /// Returns the step that writes the receipt of the restored release, or no step if the receipt is unchanged.
  private static func undoSettle(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> [HostStep] {
    let host = plan.hosts[number]
    let recorded = reached.contains { if case .operation(.record, _) = $0 { true } else { false } }
    guard recorded || leaves(number, in: plan, after: reached), var previous = host.back ?? host.previous else { return [] }
    previous.undid = plan.id
    return [.operation(.record(previous), vital: true)]
  }

  /// Returns the step that removes the new release if the host did not have it before. Returns no step if a stage's undo might still have
  /// to run in that release.
  private static func undoDeliver(_ number: Int, in plan: Plan) -> [HostStep] {
    let host = plan.hosts[number]
    if plan.flow.rules?.undoesInPlace == true, plan.flow.stages.contains(where: { $0.terms?.undo != nil }) { return [] }
    guard !host.present, let target = host.target, target.id != host.wayBack else { return [] }
    return [.operation(.discard(target.id), vital: false)]
  }

  /// Whether a restored host leaves the release that it ran before. It does if that release was on trial and has already been stopped.
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

  /// Whether the steps so far have only sent a release that does not run.
  static func isUntouched(_ number: Int, in plan: Plan, after reached: ArraySlice<HostStep>) -> Bool {
    reached.allSatisfy { step in
      switch step {
      case .begin(.downloadBundle), .end(.downloadBundle), .skip: true
      case .operation(.stage, _): plan.hosts[number].repairs != true
      default: false
      }
    }
  }

  /// Returns the commands that a person runs if the restore failed too. The commands never lead to a release that is known to be broken.
  /// - Parameters:
  ///   - failure: why the restore failed.
  ///   - isRestart: whether the host was being restarted with the release that it ran.
  package static func commands(toRestore number: Int, in plan: Plan, after failure: Failure, isRestart: Bool = false) -> [String] {
    let host = plan.hosts[number]
    let path = host.host.place(plan.placement.path)
    let reach = host.host.ownTransport == .ssh ? "ssh \(host.host.address ?? host.host.name)" : "sh"
    if isRestart || !plan.kind.leadsToRelease {
      let rest =
        !isRestart && plan.kind.task.map { $0.around == .restart } == false
        ? "check whether the application is good there, and give the host its traffic back: the task did not stop it"
        : "start the application there, and give the host its traffic back"
      return [reach, "cd \(path)/current", "# the release is as it was: \(rest)"]
    }
    let again = "lander deploy \(plan.subject.recipe)\(plan.subject.groupName.option) --only \(host.host.name) --force"
    if host.back == nil, let damage = host.damage, damage.kind != .gone || host.wayBack != nil {
      return [
        reach, "ls -l \(path)/current \(path)/releases",
        "# do not link release \(damage.release): \(damage.words); `\(again)` sends what is missing",
      ]
    }
    if failure.kind == .missing, let good = host.back ?? host.previous {
      let (recipe, group) = (plan.subject.recipe, plan.subject.groupName.option)
      let send = "lander deploy \(recipe)\(group) --only \(host.host.name) --revision bundle:\(good.inputs.bundle.short)"
      return [
        reach, "ls -la \(path)",
        "# release \(good.release.id) is not there any more; `\(send)` sends it again, if lander bundle list has it",
      ]
    }
    guard let target = (host.back?.release.id ?? host.current).map({ "releases/\($0)" }) ?? host.found else {
      guard let lost = host.lost else { return [reach, "rm \(path)/current"] }
      return [reach, "rm \(path)/current", "# release \(lost) ran there, and its folder is gone; `\(again)` sends it again"]
    }
    return [
      reach, "cd \(path)", "ln -s \(target.shellWord) .lander/current.by-hand && mv -T .lander/current.by-hand current",
      "# then start the application in \(path)/current",
    ]
  }
}

extension HostStep {
  /// Whether the operation changes what `current` names.
  var switchesCurrent: Bool {
    switch self {
    case .operation(.activate, _), .operation(.relink, _): true
    default: false
    }
  }
}
