import DeployCore
import DeployEngine
package import DeployModel

/// A deployment's tries to get its hosts: between its plan and its locks another deployment may take one of them. Nothing was changed then,
/// and a deployment that waits waits again, for as long as it has time.
package struct Tries: Sendable {
  private let desk: Desk
  private let asked: Asked
  private let project: LoadedProject
  private let busy: WhenBusy
  private let urgent: String?
  /// Nil: it does not wait.
  private let until: Timestamp?
  /// Before the hosts are looked at again.
  private static let pause = Interval.seconds(2)

  package init(_ asked: Asked, of project: LoadedProject, _ busy: WhenBusy, urgent: String? = nil, at desk: Desk) {
    (self.desk, self.asked, self.project, self.busy, self.urgent) = (desk, asked, project, busy, urgent)
    until = busy.bound.map { desk.now + $0 }
  }

  /// - Throws: as `Desk.planInTurn`.
  package func plan() async throws -> Plan {
    try await desk.planInTurn(asked, of: project, busy, urgent: urgent, until: until).plan
  }

  /// Why another try is to be made after a deployment ended; nil: it did not lose its hosts to another one, or has no time left.
  package func refusal(of end: RunEnd) -> Failure? {
    guard let until, desk.now < until, end.deployments.count == 1, let conclusion = end.deployments[0].conclusion,
      conclusion.status == .refused, let failure = conclusion.error?.failure, failure.kind == .locked
    else { return nil }
    return conclusion.holder != nil || failure.message.contains(Ticket.comesFirst) ? failure : nil
  }

  /// The plan of the next try.
  /// - Throws: as `Desk.planInTurn`.
  package func planAgain(after refusal: Failure) async throws -> Plan {
    desk.tell(.warning(Problem("another deployment got a host first, and nothing was changed; it waits again: \(refusal.message)")))
    await desk.ports.clock.sleep(Self.pause)
    try Task.checkCancellation()
    return try await plan()
  }
}
