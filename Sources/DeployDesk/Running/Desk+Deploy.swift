import DeployEngine
package import DeployModel

extension Desk {
  /// Runs a plan, and the rollback that follows from it if it fails.
  /// - Parameter wantsOutput: whether what commands write is among the events.
  package func deploy(_ plan: Plan, wantsOutput: Bool = false) -> Running {
    Running(plan.id, at: self, wantsOutput: wantsOutput) { [line] deployments in
      do {
        let ended = try await deployments.deploy(plan)
        await line.leave()
        return RunEnd(ended.map { DeploymentEnd(plan: $0.plan, conclusion: $0.conclusion) })
      } catch {
        await line.leave()
        throw error
      }
    }
  }
}
