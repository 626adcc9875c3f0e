import DeployCore
package import DeployModel

extension PastDeployments {
  /// The largest number of deployments that are searched, newest first.
  private static let depth = 10

  /// Returns a problem for each host whose last deployment from this state folder could not restore it. The problem's subject is the host's
  /// name. Such a host might look intact, but a person has to check it. Hosts that have had a later deployment are left out.
  package func failedRestores(_ found: Surveyed) async throws -> [Problem] {
    let (recipe, group) = (found.selection.recipe.name, found.selection.group)
    // Hosts that record the failed restore themselves are left out, because their surveys show it.
    var open = found.named.filter { if case .reached(let state) = $0.survey { state.failedRestore == nil } else { false } }
    var problems: [Problem] = []
    let past = try await deployments().filter { $0.recipe == recipe && $0.group == group }
    for deployment in past.prefix(Self.depth) where !open.isEmpty {
      guard case .concluded = deployment.state else { continue }
      let entries = try await journal.entries(of: deployment.id).entries
      guard case .planned(let plan)? = entries.first?.fact, case .concluded(let conclusion)? = entries.last?.fact,
        let end = entries.last?.at
      else { continue }
      for (host, status) in zip(plan.hosts, conclusion.hosts) {
        guard status.wasChanged, let index = open.firstIndex(where: { $0.host.name.isExactly(host.host.name) }) else { continue }
        let (_, survey) = open.remove(at: index)
        guard case .restoreFailed(_, let restoring, let commands) = status, case .reached(let state) = survey,
          state.receipt.map({ $0.deployment == deployment.id || $0.at < end }) ?? true
        else { continue }
        problems.append(
          Problem(
            "deployment \(deployment.id) failed and could not take it back: \(restoring.failure.message)", subject: host.host.name,
            fix: commands.joined(separator: "\n")))
      }
    }
    return problems
  }
}
