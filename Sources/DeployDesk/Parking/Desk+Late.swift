import DeployCore
import DeployEngine
import DeployModel

extension Desk {
  /// Ends the surveyed hosts' parked deployments whose deadline has passed. They fail, and their hosts are rolled back, before anything new
  /// starts.
  /// - Parameter queues: whether the current command can wait in the queue.
  /// - Returns: whether there were such deployments. If there were, the hosts have to be surveyed again.
  /// - Throws: if a parked deployment is still waiting, because it holds the hosts' locks.
  package func endLate(_ found: [Surveyed], queues: Bool = true) async throws -> Bool {
    let parked = found.flatMap(\.parked)
    if let waiting = parked.first(where: { !$0.isLate(at: now) }) {
      throw Problems(waiting.obstacle(at: now, queues: queues), exit: .locked)
    }
    return try await endLate(parked)
  }

  /// Runs a function. If late deployments were ended before the call, the function's problems mention that, because *nothing was started*
  /// would be untrue.
  func afterLate<T>(_ work: () async throws -> T) async throws -> T {
    do { return try await work() } catch var problems as Problems {
      problems.done = "what nobody answered in time was ended, and nothing else was started"
      throw problems
    }
  }

  /// Ends the parked deployments whose deadline has passed.
  /// - Returns: whether there were such deployments.
  func endLate(_ parked: [FoundParked]) async throws -> Bool {
    let late = parked.filter { $0.isLate(at: now) }
    for one in late {
      tell(.remark("Deployment \(one.parked.deployment) waited for \(one.question), and nobody answered in time: it ends first."))
      try await end(one, nil)
    }
    return !late.isEmpty
  }

  /// Ends a parked deployment, and runs the rollback that follows, with this engine.
  /// - Parameter reason: the reason for cancelling the deployment, or nil if its deadline has passed.
  /// - Returns: how the deployment ended, or nil if another engine had already ended it.
  @discardableResult
  func end(_ found: FoundParked, _ reason: String?) async throws -> RunEnd? {
    let pair = try await adopt(found)
    guard case .running(let running) = try await resume(pair, cancelling: reason) else { return nil }
    running.start()
    for await _ in running.events {}
    let end = try await running.end()
    if end.isOvertaken {
      tell(.remark("Another engine had begun to end deployment \(found.parked.deployment) already."))
      return nil
    }
    let words = end.deployments.map { "\($0.plan.id) \($0.conclusion?.status.rawValue ?? "was left")" }.joined(separator: ", its rollback ")
    tell(.remark("It has ended: \(words)."))
    return end
  }
}
