import DeployModel

/// Installs a release by one rename: the release runs where it was sent, and `current` leads to it.
struct ReleaseSwitch: Installer {
  var placesFiles: Bool { false }

  func deliver(to host: HostPlan, in plan: Plan, staged: Bool) -> [DeployModel.Operation] {
    guard let target = host.target, host.stages && !staged || host.repairs == true else { return [] }
    return [.stage(target)]
  }

  func install(on host: HostPlan, in plan: Plan) -> [DeployModel.Operation] {
    [HostProgram.switching(to: host.target?.id, or: host.link)]
  }

  func scripts(of event: LifecycleEvent, release: Release.ID?, in plan: Plan) -> [DeployModel.Operation] { [] }
  func scripts(backAt event: LifecycleEvent, in plan: Plan) -> [DeployModel.Operation] { [] }
  func undo(after reached: ArraySlice<HostStep>, in plan: Plan) -> [DeployModel.Operation] { [] }
  func stays(after reached: ArraySlice<HostStep>, in plan: Plan) -> Bool { false }
  func forget(in plan: Plan) -> [DeployModel.Operation] { [] }
  func remove(in plan: Plan) -> [DeployModel.Operation] { [] }
}
