import DeployCore
import DeployModel

extension Planner {
  /// Returns a plan for simulated hosts. If the floor depends on unknown waves, the floor is 0.
  /// - Parameters:
  ///   - isFresh: whether the hosts have no release. If false, they run an earlier release of the recipe.
  ///   - unchanged: the names of hosts that already run the new release.
  ///   - waves: what is known about the waves.
  static func simulated(
    _ selection: Selection, isFresh: Bool = true, unchanged: [String] = [], waves: KnownWaves = .rehearsing, by identity: Identity
  ) throws(Problems) -> Plan {
    let digest = Digest(hex: String(repeating: "5eed", count: 16))
    let release = Release(id: Release.ID("5eed5eed5eed"), bundle: digest, shared: selection.recipe.placement.shared)
    let earlier = Release(
      id: Release.ID("01de01de01de"), bundle: Digest(hex: String(repeating: "01de", count: 16)), shared: release.shared)
    let usual = isFresh ? HostState.fresh : running(earlier, selection, sources: digest, at: identity.at)
    let done = running(release, selection, sources: digest, at: identity.at)
    let surveys = selection.hosts.map { host in Survey.reached(unchanged.contains { host.name.isExactly($0) } ? done : usual) }
    var input = Input(
      selection: selection, release: release, bundle: Bundle(digest: digest, files: 0, bytes: 0, source: "simulated"),
      manifest: Manifest(items: []), sources: digest, surveys: surveys)
    input.waves = waves
    return try deployment(input, by: identity)
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
