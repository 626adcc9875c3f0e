import DeployCore
import DeployModel

/// A project's recipes played against simulated fresh hosts: finds mistakes that only show when a hook runs.
struct DryRun {
  let project: LoadedProject

  /// What is wrong in any recipe; what depends on answers of hosts is not looked at.
  func problems() async throws -> [Problem] {
    var problems: [Problem] = []
    for recipe in project.project.recipes {
      do {
        guard var selection = try selection(of: recipe) else { continue }
        selection.hosts = DryRun.few(selection.hosts)
        let plan = try Planner.simulated(selection, force: false, orphans: .wait, by: Identity.make())
        _ = try await Rehearsing(plan: plan, project: project, library: LuaLibrary()).run()
      } catch let found as Problems { problems += found.list.filter { !problems.contains($0) } }
    }
    return problems
  }

  /// Of hosts that are alike in tags and variables some show what all would: a name that nothing has is found in seconds, however large
  /// the fleet.
  private static func few(_ hosts: [Host]) -> [Host] {
    var seen: [[Value]: Int] = [:]
    let few = hosts.filter { host in
      seen[[host.tags, host.vars], default: 0] += 1
      return seen[[host.tags, host.vars], default: 0] <= 50
    }
    return few.prefix(500).enumerated().map { number, host in
      var host = host
      host.number = number
      return host
    }
  }

  /// Its own group, or the first one; nil where there is none.
  private func selection(of recipe: Recipe) throws(Problems) -> Selection? {
    let group = recipe.targets == .unset ? project.project.groups.first?.name : nil
    if recipe.targets == .unset, group == nil { return nil }
    let parameters = recipe.parameters.filter { $0.standard == nil }.map { Value.Member($0.name, $0.kind.sample) }
    return try Selection(DeploymentRequest(recipe: recipe.name, group: group, parameters: parameters), in: project.project)
  }
}

extension Planner {
  /// A plan for simulated hosts on which nothing was ever deployed.
  static func simulated(
    _ selection: Selection, force: Bool, orphans: LockRequest.Orphans, by identity: Identity
  ) throws(Problems) -> Plan {
    let digest = Digest(hex: String(repeating: "5eed", count: 16))
    let release = Release(id: "5eed5eed5eed", bundle: digest, shared: selection.recipe.shared)
    return try deployment(
      Input(
        selection: selection, release: release, bundle: Bundle(digest: digest, files: 0, bytes: 0, source: "simulated"),
        manifest: Manifest(items: []), sources: digest, surveys: selection.hosts.map { _ in .reached(Preparing.freshHost) },
        force: force, orphans: orphans), by: identity)
  }
}

extension Parameter.Kind {
  /// Some value of this kind.
  fileprivate var sample: Value {
    switch self {
    case .boolean: true
    case .integer(let min, let max): .int(min ?? max ?? 1)
    case .number(let min, let max): .number(min ?? max ?? 1)
    case .percent: "10%"
    case .string: "x"
    case .choice(let choices): .text(choices.first ?? "")
    case .duration: "1m"
    }
  }
}
