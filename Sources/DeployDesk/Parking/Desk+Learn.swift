import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Finds out from surveyed hosts which of the deployments that were parked with this state folder have ended. Their outcomes are recorded
  /// in the journal, so that lander asks nobody to answer these deployments. The hosts' receipts show whether such a deployment succeeded.
  /// The exact outcome is only in the journal of the engine that resumed it.
  /// - Returns: these deployments in their new state.
  package func learnEnds(from found: [Surveyed]) async throws -> [DeploymentSummary] {
    var learned: [DeploymentSummary] = []
    for one in try await past.deployments(seeing: found) where one.isElsewhere && one.isSuperseded {
      // An engine of this machine is resuming the deployment, and will record its outcome.
      guard let claim = try journal.claim(one.id) else { continue }
      defer { claim.release() }
      let entries = try await past.entries(of: one.id)
      guard case .planned(let plan)? = entries.first?.fact, let last = entries.last, var takeover = Takeover(of: entries) else { continue }
      if case .concluded = last.fact { continue }
      for surveyed in found {
        for case (let host, .reached(let state)) in surveyed.named {
          takeover.look(at: Takeover.Site(host: host, path: host.place(surveyed.selection.recipe.placement.path)), state)
        }
      }
      let end = Self.end(of: plan, hasSucceeded: takeover.isProved == true)
      try await journal.append([Entry(sequence: last.sequence + 1, at: max(now, last.at), fact: .concluded(end))], to: one.id)
      learned.append(one)
    }
    return learned
  }

  private static func end(of plan: Plan, hasSucceeded: Bool) -> Conclusion {
    let failure = Failure(
      .fenced, "its hosts keep it no more: somebody resumed it from elsewhere, or took its locks away", fix: "lander status asks the hosts")
    let hosts = plan.hosts.map { host -> HostStatus in
      switch host.action {
      case .leftOut(let failure): .leftOut(failure)
      case .unchanged: .unchanged
      case .change: hasSucceeded ? .succeeded : .unknown(failure)
      }
    }
    var end = Conclusion(status: hasSucceeded ? .succeeded : .failed, error: hasSucceeded ? nil : ScriptError(failure), hosts: hosts)
    end.isElsewhere = true
    return end
  }
}
