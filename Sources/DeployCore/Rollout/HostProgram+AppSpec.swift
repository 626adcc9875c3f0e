import DeployModel

/// The steps of a host that install by an appspec file. Each recipe of a plan says whether its releases are installed in this way.
extension HostProgram {
  /// Returns the appspec steps of an event, which precede the recipe's hooks.
  static func appSpec(_ event: LifecycleEvent, for host: HostPlan, in plan: Plan) -> [DeployModel.Operation] {
    let recipe = event.concernsPrevious ? host.leaving : host.arriving
    if plan.content.recipes[recipe].appspec != nil, host.target != nil || event.concernsPrevious {
      return appSpec(event, of: recipe, release: host.target?.id, in: plan)
    }
    // The host returns to its state before the first installation by an appspec file, so the installed files are removed.
    guard event == .install, case .rollback = plan.kind, let left = plan.content.recipes[host.leaving].appspec else { return [] }
    return [.appspec(AppSpecStep(.remove, options: left, keep: plan.placement.keep))]
  }

  /// Returns the appspec steps of an event for one recipe; empty: the recipe does not install by an appspec file, or the bundle is known to
  /// have no scripts for the event.
  static func appSpec(_ event: LifecycleEvent, of recipe: Int, release: Release.ID? = nil, in plan: Plan) -> [DeployModel.Operation] {
    guard let options = plan.content.recipes[recipe].appspec else { return [] }
    switch event {
    case .blockTraffic, .allowTraffic: return []
    case .downloadBundle, .install: break
    default:
      // Only the host knows which scripts an older revision has.
      if !event.concernsPrevious, options.scripts(of: event)?.locations.isEmpty == true { return [] }
    }
    return [.appspec(AppSpecStep(.event(event), options: options, release: release, keep: plan.placement.keep))]
  }

  static func appSpecForget(for host: HostPlan, in plan: Plan) -> DeployModel.Operation? {
    plan.content.recipes[host.arriving].appspec.map { .appspec(AppSpecStep(.forget, options: $0, keep: plan.placement.keep)) }
  }

  /// Returns the operation that restores the files; nil: the installation has not begun, or the options do not ask for a restore.
  static func appSpecUndo(for host: HostPlan, in plan: Plan, after reached: ArraySlice<HostStep>) -> DeployModel.Operation? {
    guard let options = plan.content.recipes[host.arriving].appspec, options.restore, isInstalled(reached) else { return nil }
    return .appspec(AppSpecStep(.undo, options: options, keep: plan.placement.keep))
  }

  /// Returns the steps that run an event's scripts of the earlier revision, whose files have been restored.
  static func appSpecBack(
    _ event: LifecycleEvent, for host: HostPlan, in plan: Plan, after reached: ArraySlice<HostStep>
  ) -> [DeployModel.Operation] {
    guard let restoring = host.restoring, let options = plan.content.recipes[restoring].appspec, event != .allowTraffic else { return [] }
    // If the new files stay, the scripts of the earlier revision do not fit them.
    if isInstalled(reached), appSpecUndo(for: host, in: plan, after: reached) == nil { return [] }
    return [.appspec(AppSpecStep(.back(event), options: options, keep: plan.placement.keep))]
  }

  private static func isInstalled(_ reached: ArraySlice<HostStep>) -> Bool {
    reached.contains { step in
      if case .operation(.appspec(let step), _) = step { step.phase == .event(.install) } else { false }
    }
  }
}
