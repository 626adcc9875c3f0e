import DeployModel

/// Installs a release as its appspec file says: the files go to their destinations, and the scripts run at every event of the CodeDeploy
/// agent.
struct AppSpecInstaller: Installer {
  let options: AppSpecOptions
  private let release = ReleaseSwitch()

  init(options: AppSpecOptions) { self.options = options }

  var placesFiles: Bool { true }

  func deliver(to host: HostPlan, in plan: Plan, staged: Bool) -> [DeployModel.Operation] {
    guard let target = host.target else { return [] }
    return release.deliver(to: host, in: plan, staged: staged) + [step(.event(.downloadBundle), release: target.id, in: plan)]
  }

  /// The files are put in place before `current` names their release.
  func install(on host: HostPlan, in plan: Plan) -> [DeployModel.Operation] {
    (host.target.map { [step(.event(.install), release: $0.id, in: plan)] } ?? []) + release.install(on: host, in: plan)
  }

  /// Events without a script are left out if the bundle's scripts are known. Only the host knows which scripts an older revision has.
  func scripts(of event: LifecycleEvent, release: Release.ID?, in plan: Plan) -> [DeployModel.Operation] {
    guard event != .blockTraffic, event != .allowTraffic else { return [] }
    if !event.concernsPrevious, options.scripts(of: event)?.locations.isEmpty == true { return [] }
    return [step(.event(event), release: release, in: plan)]
  }

  func scripts(backAt event: LifecycleEvent, in plan: Plan) -> [DeployModel.Operation] {
    event == .allowTraffic ? [] : [step(.back(event), in: plan)]
  }

  func undo(after reached: ArraySlice<HostStep>, in plan: Plan) -> [DeployModel.Operation] {
    options.restore && isInstalled(reached) ? [step(.undo, in: plan)] : []
  }

  func stays(after reached: ArraySlice<HostStep>, in plan: Plan) -> Bool { !options.restore && isInstalled(reached) }

  func forget(in plan: Plan) -> [DeployModel.Operation] { [step(.forget, in: plan)] }

  func remove(in plan: Plan) -> [DeployModel.Operation] { [step(.remove, in: plan)] }

  private func step(_ phase: AppSpecStep.Phase, release: Release.ID? = nil, in plan: Plan) -> DeployModel.Operation {
    .appspec(AppSpecStep(phase, options: options, release: release, keep: plan.placement.keep))
  }

  /// Whether the installation had begun.
  private func isInstalled(_ reached: ArraySlice<HostStep>) -> Bool {
    reached.contains { step in
      if case .operation(.appspec(let step), _) = step { step.phase == .event(.install) } else { false }
    }
  }
}

extension AppSpecStep {
  /// Whether the step is worth interrupting. A step that is not worth interrupting ends sooner than its undo would.
  var isInterruptible: Bool { if case .event(let event) = phase { event != .install } else { false } }

  /// Whether the step runs scripts of the release that the host runs.
  /// - Parameter isBack: whether the host goes back.
  func concernsCurrent(isBack: Bool) -> Bool {
    switch phase {
    case .back: true
    case .event(let event): event.concernsPrevious && !isBack
    case .undo, .forget, .remove: false
    }
  }
}
