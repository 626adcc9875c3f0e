import DeployCore
package import DeployModel

extension PastDeployments {
  /// Returns which slots of a group get traffic, according to the newest deployment in this journal that shifted traffic.
  /// - Parameter found: the surveys of the group's hosts. The receipts in them also show deployments that were made with other state
  ///   folders.
  /// - Returns: the weights, or the fact that they are unknown. Nil if the group has no slots, or its recipe moves no traffic.
  package func traffic(of found: Surveyed) async throws(Failure) -> KnownTraffic? {
    let recipe = found.selection.recipe
    let movesTraffic = recipe.flow.stages.contains { if case .rollout(let strategy?) = $0 { strategy.traffic != nil } else { false } }
    guard Slots.has(found.selection.hosts), movesTraffic else { return nil }
    let all = try await journal.deployments()
    let mine = all.filter { $0.group.isExactly(found.group) && $0.application.isExactly(recipe.application) }
    var known: KnownTraffic?
    for past in mine where known == nil { known = KnownTraffic(try await journal.entries(of: past.id).entries, of: past.id) }
    guard var known else { return KnownTraffic(unknown: "no deployment of this state folder has moved it") }
    let elsewhere = found.surveys.compactMap { survey -> Receipt? in
      guard case .reached(let state) = survey, let receipt = state.receipt else { return nil }
      return all.contains { $0.id == receipt.deployment } ? nil : receipt
    }.max { $0.at < $1.at }
    if let elsewhere, known.since.map({ elsewhere.at > $0 }) ?? true {
      known = KnownTraffic(unknown: "deployment \(elsewhere.deployment) of \(elsewhere.actor) was made from another state folder since")
    }
    return known
  }
}

extension KnownTraffic {
  /// Reads the traffic from one deployment's journal, or nil if the deployment shifted no traffic.
  fileprivate init?(_ entries: [Entry], of deployment: Deployment.ID) {
    var known: KnownTraffic?
    for entry in entries {
      switch entry.fact {
      case .noted(.shifted(_, let to)): known = KnownTraffic(to, since: entry.at, by: deployment)
      case .concluded(let end) where end.traffic != nil:
        known = KnownTraffic(unknown: "deployment \(deployment) failed, and could not put it back")
      default: break
      }
    }
    guard let known else { return nil }
    self = known
  }
}
