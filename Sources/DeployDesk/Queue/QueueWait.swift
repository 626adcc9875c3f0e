import DeployCore
import DeployEngine
package import DeployModel

/// A deployment's wait for its hosts. Another deployment might take a host after this one was planned but before it locked the host. In
/// that case, nothing has been changed, and this deployment waits again if it has time left.
package struct QueueWait: Sendable {
  private let desk: Desk
  private let asked: Asked
  private let origin: Provenance?
  private let project: LoadedProject
  private let busy: WhenBusy
  private let urgent: String?
  /// The group from which the deployment takes its bundle, or nil if the bundle comes from no group.
  private let source: String?
  /// When the wait ends, or nil if the deployment does not wait.
  private let until: Timestamp?
  /// The pause before the hosts are surveyed again.
  private static let pause = Interval.seconds(2)

  /// - Parameter source: the group from which the request's bundle was taken, or nil if there is none.
  /// - Throws: an error that lists all problems of the request and its revision.
  package init(
    _ asked: Asked, of project: LoadedProject, _ busy: WhenBusy, urgent: String? = nil, from source: String? = nil, at desk: Desk
  ) async throws {
    until = busy.bound.map { desk.now + $0 }
    (self.desk, self.project, self.busy, self.urgent, self.source) = (desk, project, busy, urgent, source)
    // No bundle is built for missing hosts, because they get the group's own bundle.
    (self.asked, origin) = until == nil || asked.request.missing == true ? (asked, nil) : try await desk.pinning(asked, of: project)
  }

  /// Plans the deployment once its turn has come.
  /// - Throws: the problems of `Desk.planInTurn`. It also throws if the group from which the bundle was taken no longer runs that bundle.
  package func plan() async throws -> PlannedDeployment {
    let planned = try await desk.planInTurn(asked, of: project, busy, urgent: urgent, until: until, from: origin)
    guard let source, until != nil, let bundle = planned.plan.content.bundle?.digest else { return planned }
    do { try await desk.refuseMoved(source, from: bundle, asked, of: project) } catch {
      await desk.line.leave()
      throw error
    }
    return planned
  }

  /// If the deployment ended because another deployment took a host first, and there is time left to wait again, returns the failure.
  /// Otherwise, returns nil.
  package func refusal(of end: RunEnd) -> Failure? {
    guard let until, desk.now < until, end.deployments.count == 1, let conclusion = end.deployments[0].conclusion,
      conclusion.status == .refused, conclusion.holder != nil
    else { return nil }
    return conclusion.error?.failure
  }

  /// Waits again, and returns the new plan.
  /// - Throws: the problems of `plan` or `planMissing`. It also throws if no host is missing any more.
  package func planAgain(after refusal: Failure) async throws -> PlannedDeployment {
    desk.tell(.warning(Problem("another deployment got a host first, and nothing was changed; it waits again: \(refusal.message)")))
    await desk.ports.clock.sleep(Self.pause)
    try Task.checkCancellation()
    guard asked.request.missing == true else { return try await plan() }
    guard let planned = try await planMissing().planned else {
      throw Problems(
        Problem(
          "nothing is missing any more: the other deployment brought what the group has", fix: "lander status shows what hosts run"),
        exit: .locked)
    }
    return planned
  }

  /// Plans what missing hosts get, once the deployment's turn has come.
  /// - Throws: the problems of `Desk.planMissing`.
  package func planMissing() async throws -> (found: Joining, planned: PlannedDeployment?) {
    try await desk.planMissing(asked, of: project, busy, urgent: urgent, until: until)
  }
}
