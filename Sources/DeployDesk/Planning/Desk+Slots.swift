import DeployCore
import DeployEngine
import DeployModel

extension Desk {
  /// Returns the plan for rolling back a group with slots. The plan deploys the last good bundle with the parameters of its deployment. The
  /// strategy finds the slot that still has this bundle, and moves the traffic there. If every machine has such a slot, nothing is sent, so
  /// this machine does not need the bundle.
  /// - Throws: if no host has a good receipt to go back to, if this machine lacks a bundle that it has to send, or if an irreversible stage
  ///   has run since.
  func planSwitchBack(
    of selection: Selection, _ preparation: Preparation, in project: LoadedProject, to aim: String?, despite: [String],
    said: StatedProvenance
  ) async throws -> Plan {
    let surveys = preparation.surveys
    let aimed = try aim.map { try KeptReleases(Array(zip(selection.hosts, surveys))).find($0) }
    let way = try Slots.way(selection, surveys, to: aimed, typed: project.typed)
    let goal = way.goal
    try Slots.refuse(going: goal, selection, surveys, despite: despite, typed: project.typed)
    for mark in Slots.notUndone(going: goal, surveys) {
      let revision = mark.revision.short
      tell(
        .remark(
          "Stage \"\(mark.stage)\" of revision \(revision) is not undone: the slot that loses the traffic keeps running that revision, "
            + "and may need what the stage did. To undo the stage by hand, first stop the application in that slot. If you deploy the "
            + "revision again later, add --again \(mark.stage.shellWord), or the stage does not run."))
    }
    let digest = goal.inputs.bundle
    let stored = (try? shelf.inspect(digest.hex)).map { BuiltBundle(bundle: $0.stored.bundle, manifest: $0.manifest) }
    guard let brought = stored ?? (isKeptEverywhere(goal, selection.hosts, surveys) ? .onHosts(digest) : nil) else {
      throw Problems(
        Problem(
          "bundle \(digest.short) of deployment \(goal.deployment), which the group goes back to, is not in this state folder",
          fix: "use the state folder that deployed it (--state), or deploy the same files again: "
            + "lander deploy \(selection.recipe.name)\(GroupName(selection.group).option) --revision"),
        exit: .refused)
    }
    let own = project.project.groups.first { $0.name.isExactly(selection.group) }?.params.members.map(\.name) ?? []
    var request = DeploymentRequest(
      recipe: selection.recipe.name, group: selection.group, revision: "bundle:\(digest.hex)",
      parameters: goal.inputs.parameters.members.filter { one in !own.contains { $0.isExactly(one.name) } })
    if selection.others > 0 { request.only = Slots.machines(selection.hosts) }
    request.said = said
    request.undoes = way.undoes
    // Freezes do not delay a rollback.
    if !selection.recipe.freeze.isEmpty { request.freezeOverride = said.message ?? "a rollback" }
    tell(
      .remark(
        "Going back to release \(goal.release.id) of deployment \(goal.deployment) by the recipe's strategy: "
          + (isKept(goal, surveys) ? "the slot that still has it gets the traffic." : "no slot has it any more, so it is deployed again.")))
    return try await plan(Asked(request), of: project, bringing: brought).plan
  }

  /// Whether a slot has the release to which the group is rolled back.
  private func isKept(_ goal: Receipt, _ surveys: [Survey]) -> Bool {
    surveys.contains { survey in
      if case .reached(let state) = survey { state.current == goal.release.id } else { false }
    }
  }

  /// Whether each machine has a slot with this release.
  private func isKeptEverywhere(_ goal: Receipt, _ hosts: [Host], _ surveys: [Survey]) -> Bool {
    Slots.machines(hosts).allSatisfy { machine in
      isKept(goal, zip(hosts, surveys).filter { $0.0.machine.isExactly(machine) }.map(\.1))
    }
  }
}
