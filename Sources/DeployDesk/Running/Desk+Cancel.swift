import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Asks the process that runs a deployment of the pair to cancel that deployment in an orderly way.
  /// - Returns: the id of the process.
  /// - Throws: if no such process listens.
  package func cancel(_ pair: DeploymentPair) async throws -> Int32 {
    if let process = await engines.tell(pair.members.map(\.id)) { return process }
    throw Problems(
      Problem("the process that runs \(pair.first.id) was not found", fix: "press Ctrl-C in its terminal, or try again once it is gone"),
      exit: .refused)
  }

  /// Waits until a deployment and its rollback have ended and the process that runs them has released them. Reports once that the rollback
  /// will not be interrupted.
  /// - Throws: if the process is stopped, or ends before both deployments have ended.
  package func wait(for deployment: Deployment.ID) async throws -> DeploymentPair {
    var isTold = false
    var turns = 0
    while true {
      await ports.clock.sleep(Interval(milliseconds: 300))
      turns += 1
      try Task.checkCancellation()
      let pair = try await past.pair(of: deployment)
      if let back = pair.back, !isTold, pair.state == .running {
        isTold = true
        tell(.remark("Its rollback \(back.id) is under way and is not interrupted; waiting for it."))
      }
      switch pair.state {
      case .running:
        if turns % 10 == 0 { try await refuseStopped(pair) }
      case .concluded:
        try await released(pair)
        return pair
      case .superseded:
        throw Problems(pair.superseded.map { [$0] } ?? [], exit: .locked)
      case .interrupted, .damaged:
        throw Problems(
          Problem(
            "its process is gone and deployment \(deployment) has not ended",
            fix: "lander cancel \(deployment) again, or lander resume \(deployment)"),
          exit: .refused)
      }
    }
  }

  /// Waits until no process runs the pair, but for at most five seconds. This is needed because a process releases its claim a moment after
  /// it has written the last entry.
  func released(_ pair: DeploymentPair) async throws {
    for _ in 0..<50 {
      if let claim = try journal.claim(pair.first.id) { return claim.release() }
      await ports.clock.sleep(Interval(milliseconds: 100))
    }
  }
}
