import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Finds out what hosts get when they join a group. They get the last good revision in the receipts of the group's hosts, with the recipe
  /// and the parameters that deployed it. Anything that this machine lacks is fetched from the hosts. Nothing changes on a host.
  /// - Parameter request: recipe and group, the joining hosts in `only`, who asks, and why.
  /// - Throws: an error that lists all problems of the hosts. It also throws if no host has a good receipt, or if a part of the revision is
  ///   not available.
  package func joining(_ request: DeploymentRequest, of project: LoadedProject) async throws -> Joining {
    let selection = try project.project.selection(recipe: request.recipe, group: request.group)
    try refuseStrangers(request.only, in: selection, of: project.project)
    try refuseSlots(selection)
    let isJoining = HostFilter(request.only).takes
    var preparation = await ask(selection)
    // Replaced receipts count only if the hosts have no other good receipt.
    if GroupHistory(preparation.surveys).lastGood() == nil { preparation = await ask(selection, deep: true) }
    let ground = try JoinGround(selection, preparation.surveys, joining: isJoining)
    let goal = ground.goal
    var joining = Joining(goal: goal, group: selection.group, settled: ground.settled.map(\.name))
    guard !ground.joining.isEmpty else { return joining }
    remark(on: ground, selection, request.only)
    let sources = try await sources(of: goal)
    let kept = try stage.library.recipe(named: goal.recipe, in: sources)
    if !kept.ownStages.isEmpty {
      tell(.remark("Not for hosts that join: \(kept.ownStages.map { "stage \($0)" }.joined(separator: ", ")), which the whole group had."))
    }
    try await fetch(goal, from: ground.keepers, at: selection.recipe.placement)
    let message = "joins \(GroupName(selection.group).noun) on release \(goal.release.id) of deployment \(goal.deployment)"
    let recipe = kept.joining(selection, isServing: ground.isServing)
    joining.deployment = bring(goal, by: recipe, sources, to: ground.joining, request, of: project, in: selection.group, saying: message)
    joining.deployment?.asked.joins = goal
    return joining
  }

  /// Returns a deployment of a revision that hosts keep. The recipe and the parameters come from the revision's receipt.
  /// - Parameters:
  ///   - request: says who asks, why, and what to do about orphans and freezes.
  ///   - message: the reason for the deployment. It is used if the request gives none.
  func bring(
    _ goal: Receipt, by recipe: Recipe, _ sources: [SourceFile], to hosts: [Host], _ request: DeploymentRequest, of project: LoadedProject,
    in group: String, saying message: String
  ) -> Joining.Wanted {
    var own = project
    own.project.recipes = [recipe]
    own.project.sources = sources
    var wanted = DeploymentRequest(
      recipe: recipe.name, group: group.isEmpty ? nil : group, revision: "bundle:\(goal.inputs.bundle.hex)", only: hosts.map(\.name),
      parameters: goal.inputs.parameters.members, orphans: request.orphans, said: request.said)
    (wanted.freezeOverride, wanted.sequence) = (request.freezeOverride, request.sequence)
    wanted.said.message = request.said.message ?? message
    return Joining.Wanted(asked: Asked(wanted), project: own, origin: Provenance(commit: goal.provenance?.commit))
  }

  /// Plans the deployment for hosts that join a group or lack the group's revision.
  /// - Parameter endsLate: whether to first end parked deployments that hold one of the hosts and whose deadline has passed.
  /// - Throws: the problems that a deployment can have.
  package func plan(_ wanted: Joining.Wanted, endsLate: Bool) async throws -> PlannedDeployment {
    try await plan(wanted.asked, of: wanted.project, endsLate: endsLate, from: wanted.origin)
  }

  /// Refuses hosts that are not in the group. For each of them, the problem shows the line to add.
  private func refuseStrangers(_ names: [String], in selection: Selection, of project: Project) throws(Problems) {
    let hosts = selection.hosts
    let strangers = names.filter { name in !hosts.contains { HostFilter([name]).takes($0) } }
    let place = project.groups.first { $0.name.isExactly(selection.group) }?.place ?? selection.recipe.place
    let problems = strangers.map { name in
      let near = NearMatch.of(name, among: hosts.map(\.name)).map { "; or did you mean \"\($0)\"?" } ?? ""
      let line = selection.group.isEmpty ? "targets = { …, \"\(name)\" }" : "group \"\(selection.group)\" { hosts = { …, \"\(name)\" } }"
      return Problem(
        "\(GroupName(selection.group).noun) has no host \"\(name)\"", place: place, subject: "--host",
        fix: "add it to the hosts there: \(line)\(near)")
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// Refuses groups with slots, because only the recipe's strategy knows which slot of a machine gets the release and the traffic.
  func refuseSlots(_ selection: Selection, subject: String = "--host") throws(Problems) {
    guard Slots.has(selection.hosts) else { return }
    throw Problems(
      Problem(
        "\(GroupName(selection.group).noun) has slots, and only the strategy of a deployment knows which of them a host starts with",
        place: selection.recipe.place, subject: subject,
        fix: "lander releases \(selection.recipe.name) names the bundle that runs; lander deploy \(selection.recipe.name) "
          + "--revision bundle:DIGEST brings it to all machines"), exit: .refused)
  }

  private func remark(on ground: JoinGround, _ selection: Selection, _ names: [String]) {
    let goal = ground.goal
    let hosts = ground.joining.map(\.name).joined(separator: ", ")
    tell(
      .remark(
        "Taking release \(goal.release.id) of deployment \(goal.deployment), the last good one of \(GroupName(selection.group).noun)."))
    for lock in ground.underWay {
      let again = "lander join \(selection.recipe.name)\(GroupName(selection.group).option)\(names.map { " --host \($0)" }.joined())"
      tell(
        .remark(
          "Deployment \(lock.deployment) of \(lock.owner) is under way there, and is left alone. Once it has succeeded, bring \(hosts) "
            + "what it brought: \(again)"))
    }
  }
}
