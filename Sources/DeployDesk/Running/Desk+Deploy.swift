import DeployEngine
package import DeployModel

extension Desk {
  /// Runs a plan and, if it fails, the rollback that follows.
  /// - Parameters:
  ///   - staying: how long the engine keeps running at a gate that waits for a person.
  ///   - wantsOutput: whether the events include the output of commands.
  package func deploy(_ plan: Plan, staying: Staying = .always, wantsOutput: Bool = false) -> Running {
    for sentence in leftOver.taken(by: plan) { tell(.remark(sentence)) }
    return Running(plan.id, at: self, staying: staying, wantsOutput: wantsOutput) { [line] deployments in
      do {
        let ended = try await deployments.deploy(plan)
        await line.leave()
        return RunEnd(ended.map { DeploymentEnd($0) })
      } catch {
        await line.leave()
        throw error
      }
    }
  }
}
