import DeployCore
import DeployModel

extension Planner {
  /// Returns a plan for simulated hosts. If the floor depends on unknown waves, the floor is 0.
  /// - Parameters:
  ///   - isFresh: whether the hosts have no release. If false, they run an earlier release of the recipe.
  ///   - unchanged: the names of hosts that already run the new release. They have the marks of the stages that run once for a revision.
  ///   - waves: what is known about the waves.
  static func simulated(
    _ selection: Selection, isFresh: Bool = true, unchanged: [String] = [], waves: KnownWaves = .rehearsing, by identity: Identity
  ) throws(Problems) -> Plan {
    let digest = Digest(hex: String(repeating: "5eed", count: 16))
    let release = Release(id: Release.ID("5eed5eed5eed"), bundle: digest, shared: selection.recipe.placement.shared)
    let earlier = Release(
      id: Release.ID("01de01de01de"), bundle: Digest(hex: String(repeating: "01de", count: 16)), shared: release.shared)
    // The earlier release is older than the marks of stages, as on real hosts.
    let before = Timestamp(milliseconds: identity.at.milliseconds - (unchanged.isEmpty ? 0 : 1000))
    let usual = isFresh ? HostState.fresh : running(earlier, selection, sources: digest, at: before)
    var done = running(release, selection, sources: digest, at: identity.at)
    done.marks = marks(of: selection.recipe, release.bundle, at: identity.at)
    let surveys = selection.hosts.map { host in Survey.reached(unchanged.contains { host.name.isExactly($0) } ? done : usual) }
    var input = Input(
      selection: selection, release: release, bundle: Bundle(digest: digest, files: 0, bytes: 0, source: "simulated"),
      manifest: Manifest(items: []), sources: digest, surveys: surveys)
    input.waves = waves
    return try deployment(input, by: identity)
  }

  /// Returns the marks of the stages that run once for a revision.
  private static func marks(of recipe: Recipe, _ revision: Digest, at time: Timestamp) -> [StageMark] {
    var isAfter = false
    return recipe.flow.stages.compactMap { stage in
      if case .rollout = stage { isAfter = true }
      guard let terms = stage.terms, terms.once == .revision else { return nil }
      return StageMark(
        stage: stage.name, revision: revision, state: .done, deployment: Deployment.ID("earlier"), by: "rehearsal", at: time,
        isIrreversible: terms.irreversible == true, undo: terms.undo.map { _ in isAfter ? .before : .after })
    }
  }

  /// Returns the state of a host that runs a release of the selection's recipe.
  private static func running(_ release: Release, _ selection: Selection, sources: Digest, at time: Timestamp) -> HostState {
    let inputs = Receipt.Inputs(
      bundle: release.bundle, sources: sources, parameters: selection.parameters, shared: release.shared.sorted(),
      secrets: selection.recipe.secrets.sorted())
    let receipt = Receipt(
      application: selection.recipe.application, group: selection.group, release: release, inputs: inputs,
      deployment: Deployment.ID("earlier"), recipe: selection.recipe.name, actor: "rehearsal", at: time)
    var state = HostState.fresh
    (state.current, state.releases, state.receipt) = (release.id, [release.id], receipt)
    return state
  }
}
