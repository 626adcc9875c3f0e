package import DeployModel

/// The parked deployments that were found on hosts, and what happened to those whose deadline had passed.
package struct ReapResult: Sendable {
  package struct Late: Sendable {
    package var id: Deployment.ID
    /// How the deployment and its rollback ended, or nil if this machine could not end the deployment, or another engine ended it first.
    package var end: RunEnd?
    /// Why this machine could not end the deployment, or nil if it has ended.
    package var problems: Problems?
  }
  package var late: [Late] = []
  /// The parked deployments that still wait for a person.
  package var waiting: [FoundParked] = []
}

extension Desk {
  /// Ends the surveyed hosts' parked deployments whose deadline has passed, one after the other. They fail, and their hosts are rolled
  /// back. Deployments whose deadline has not passed are left alone. If one deployment cannot be ended, the others are ended nevertheless.
  package func reap(_ found: [Surveyed]) async throws -> ReapResult {
    var result = ReapResult()
    var met: [Deployment.ID] = []
    for one in found.flatMap(\.parked) where !met.contains(where: { $0 == one.parked.deployment }) {
      met.append(one.parked.deployment)
      guard one.isLate(at: now) else {
        result.waiting.append(one)
        continue
      }
      tell(.remark("Deployment \(one.parked.deployment) waited for \(one.question), and nobody answered in time: it ends now."))
      var late = ReapResult.Late(id: one.parked.deployment)
      do { late.end = try await end(one, nil) } catch let problems as Problems {
        // Another engine might have ended the deployment since the survey. In that case, nothing is left to do.
        let now = await survey(one.selection)
        let isKept = now.unreachable == now.surveys.count || now.parked.contains { $0.parked.deployment == one.parked.deployment }
        late.problems = isKept ? problems : nil
      }
      result.late.append(late)
    }
    return result
  }
}
