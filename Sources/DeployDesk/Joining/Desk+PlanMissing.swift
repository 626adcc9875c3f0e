import DeployCore
package import DeployModel

extension Desk {
  /// Waits for this command's turn, and then plans what missing hosts get. It plans only then, because earlier deployments in the queue
  /// might have changed which hosts lack the revision.
  /// - Parameters: the same as for `planInTurn`.
  /// - Returns: what was found, and the plan. The plan is nil if no host lacks the revision.
  /// - Throws: the problems that a deployment can have.
  package func planMissing(
    _ asked: Asked, of project: LoadedProject, _ busy: WhenBusy = .fail, urgent: String? = nil, until: Timestamp? = nil
  ) async throws -> (found: Joining, planned: PlannedDeployment?) {
    let selection = try missingSelection(asked, of: project)
    let freeze = try freeze(of: selection.recipe, override: asked.request.freezeOverride)
    if busy.bound != nil { try refuseFrozen(freeze) }
    do {
      let turn = try await turn(asked.request, selection, busy, urgent, until) { try refuseFrozen(freeze) }
      let found = try await missing(asked, of: project, endsLate: true)
      guard let wanted = found.deployment else {
        await line.leave()
        return (found, nil)
      }
      try refuseFrozen(freeze)
      let planned = try await plan(wanted.asked, of: wanted.project, ticket: turn?.ticket.token, endsLate: true, from: wanted.origin)
      return (found, planned)
    } catch {
      await line.leave()
      throw error
    }
  }

  /// Plans a saved plan for missing hosts again.
  /// - Throws: if no host lacks the revision any more. In this case, nothing has been started.
  func planMissing(again record: PlanRecord, said: StatedProvenance, of project: LoadedProject) async throws -> PlannedDeployment {
    var request = record.request
    request.said = said
    let found = try await missing(Asked(request), of: project, endsLate: true)
    guard let wanted = found.deployment else {
      let names = record.hosts.prefix(8).map(\.host.name).joined(separator: ", ")
      let now = found.away.isEmpty ? "nothing is missing now" : "no host that answers lacks anything now"
      throw Problems(
        Problem(
          "the plan brings \(names) what the group had, and \(now)", subject: "--plan",
          fix: "nothing, if that is what is wanted: lander status shows what hosts run"), exit: .refused)
    }
    return try await plan(wanted, endsLate: true)
  }
}
