import DeployModel

/// How the releases of a recipe get into place on a host: the operations that the engine itself adds to the host's steps. With every
/// installer, the engine sends the release and makes it current. An installer can also put files outside of the release, and run the
/// release's own scripts.
protocol Installer: Sendable {
  /// Whether the installer puts files outside of the release.
  var placesFiles: Bool { get }

  /// Returns the operations that bring the host's target to the host.
  /// - Parameter staged: whether the upload stage has already sent the release.
  func deliver(to host: HostPlan, in plan: Plan, staged: Bool) -> [DeployModel.Operation]

  /// Returns the operations that put the host's target in place. The last one makes the target current.
  func install(on host: HostPlan, in plan: Plan) -> [DeployModel.Operation]

  /// Returns the operations that run an event's scripts.
  /// - Parameter release: the host's target, or nil if there is no target or the host is leaving it.
  func scripts(of event: LifecycleEvent, release: Release.ID?, in plan: Plan) -> [DeployModel.Operation]

  /// Returns the operations that run the earlier release's scripts for an event, after the host has returned to that release.
  func scripts(backAt event: LifecycleEvent, in plan: Plan) -> [DeployModel.Operation]

  /// Returns the operations that put the files of the earlier release back.
  /// - Parameter reached: the steps that had begun.
  func undo(after reached: ArraySlice<HostStep>, in plan: Plan) -> [DeployModel.Operation]

  /// Whether a host that goes back keeps the new release's files.
  func stays(after reached: ArraySlice<HostStep>, in plan: Plan) -> Bool

  /// Returns the operations that delete the files that were kept for `undo`.
  func forget(in plan: Plan) -> [DeployModel.Operation]

  /// Returns the operations that remove the files that the last installation put outside of the release.
  func remove(in plan: Plan) -> [DeployModel.Operation]
}

extension Plan {
  /// Returns how the releases of a pinned recipe are installed.
  func installer(of recipe: Int) -> any Installer {
    content.recipes[recipe].appspec.map { AppSpecInstaller(options: $0) } ?? ReleaseSwitch()
  }
}
