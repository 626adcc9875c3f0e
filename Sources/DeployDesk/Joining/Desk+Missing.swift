import DeployCore
import DeployEngine
import DeployModel

extension Desk {
  /// Finds the hosts of a group that lack the group's revision. That is the last good revision or, if a newer deployment was stopped on
  /// purpose, the revision of that deployment. Hosts that lack it were unreachable, failed, were left out, or never had a deployment. Parts
  /// of the revision that this machine lacks are fetched from the hosts. Nothing changes on a host, except that parked deployments might be
  /// ended.
  /// - Parameter endsLate: whether to end parked deployments whose deadline has passed.
  /// - Throws: if options contradict the request, if another deployment holds hosts of the group, if no host has a receipt of a revision,
  ///   or if a part of the revision is not available.
  package func missing(_ asked: Asked, of project: LoadedProject, endsLate: Bool = false) async throws -> Joining {
    let selection = try missingSelection(asked, of: project)
    var preparation = await ask(selection)
    if endsLate, try await endLate(preparation.surveys, of: selection) { preparation = await ask(selection) }
    if GroupHistory(preparation.surveys).lastGood() == nil { preparation = await ask(selection, deep: true) }
    let ground = try JoinGround(
      selection, preparation.surveys, try await past.missing(), joining: HostFilter(asked.request.only).takes)
    try refuseBusy(ground.underWay, selection)
    let found = try await past.missing(on: ground, selection, preparation.surveys)
    var joining = Joining(goal: ground.goal, group: selection.group, settled: ground.settled.map(\.name), away: found.away, missing: found)
    guard !ground.joining.isEmpty, !ground.isTriedOut else {
      joining.settled += ground.trying.map(\.name)
      return joining
    }
    try refusePart(ground, asked.request, selection, preparation.surveys)
    joining.deployment = try await deployment(of: found, on: ground, asked.request, selection, project)
    return joining
  }

  /// Returns all hosts of the request's group, even if the request lists single hosts.
  /// - Throws: if options contradict the request, the group has slots, or pools share its traffic.
  func missingSelection(_ asked: Asked, of project: LoadedProject) throws(Problems) -> Selection {
    let request = asked.request
    let refused = asked.unclear + Self.besides(request)
    if !refused.isEmpty { throw Problems(refused) }
    let selection = try project.project.selection(recipe: request.recipe, group: request.group)
    _ = try project.project.selection(recipe: request.recipe, group: request.group, only: request.only)
    try refuseSlots(selection, subject: "--missing")
    try refusePools(selection.recipe, selection)
    return selection
  }

  /// Returns the deployment that brings the revision to the missing hosts, and reports which hosts lack the revision and why.
  private func deployment(
    of found: MissingHosts, on ground: JoinGround, _ request: DeploymentRequest, _ selection: Selection, _ project: LoadedProject
  ) async throws -> Joining.Wanted {
    let goal = found.goal
    let sources = try await sources(of: goal)
    let kept = try stage.library.recipe(named: goal.recipe, in: sources)
    try refusePools(kept, selection)
    try await fetch(goal, from: ground.keepers, at: selection.recipe.placement)
    let what = "release \(goal.release.id) of deployment \(goal.deployment)"
    let isStopped = goal.trial == true
    let recipe = isStopped ? kept.finishing(selection) : kept.catchingUp(selection, isServing: ground.isServing)
    var wanted = bring(
      goal, by: recipe, sources, to: ground.joining, request, of: project, in: selection.group,
      saying: "\(isStopped ? "finishes" : "catches up with") \(what)")
    if !isStopped { wanted.asked.joins = goal }
    wanted.asked.missing = Planner.Missing(goal: goal, strategy: kept.strategy)
    wanted.asked.typed = TypedOptions(only: request.only)
    remark(on: found, leaving: kept.ownStages.filter { name in !recipe.ownStages.contains { $0.isExactly(name) } }, selection)
    return wanted
  }

  private func endLate(_ surveys: [Survey], of selection: Selection) async throws -> Bool {
    try await endLate(Surveyed(selection: selection, surveys: surveys).parked)
  }

  /// Returns a problem for each option that requests a different revision, or a different way to deploy the group's revision. Such options
  /// are refused because the group's own revision is deployed in the same way as before.
  private static func besides(_ request: DeploymentRequest) -> [Problem] {
    let words: [(String, Bool)] = [
      ("--revision", request.revision != nil), ("--force", request.force), ("--ran", request.ran != nil), ("--again", request.again != nil),
    ]
    let parameters = request.parameters.map { "--\($0.name)" }
    return (words.filter(\.1).map(\.0) + parameters).map { word in
      Problem(
        "it has no meaning with --missing, which brings the revision, the recipe and the parameters that the group has", subject: word,
        fix: "leave it out, or leave out --missing")
    }
  }

  /// Refuses the request while another deployment is running, because the group's revision is uncertain until that deployment has ended.
  private func refuseBusy(_ locks: [Lock], _ selection: Selection) throws(Problems) {
    guard let lock = locks.first else { return }
    throw Problems(
      Problem(
        "deployment \(lock.deployment) of \(lock.owner) is under way in \(GroupName(selection.group).noun): what is missing is not settled",
        fix: "once it has ended, run this again, or let it wait with --on-busy wait; lander status shows what it does"),
      exit: .locked)
  }

  /// Refuses to complete a stopped deployment on only some of its hosts. Its later stages run once, and only when all hosts have the
  /// revision.
  private func refusePart(
    _ ground: JoinGround, _ request: DeploymentRequest, _ selection: Selection, _ surveys: [Survey]
  ) throws {
    guard ground.goal.trial == true, !request.only.isEmpty else { return }
    let whole = try JoinGround(selection, surveys, ground.manner, joining: { _ in true })
    let left = whole.joining.filter { host in
      !ground.joining.contains { $0.number == host.number } && !whole.trying.contains { $0.number == host.number }
    }
    guard !left.isEmpty else { return }
    let goal = ground.goal
    let names = left.prefix(8).map(\.name).joined(separator: ", ") + (left.count > 8 ? " and \(left.count - 8) more" : "")
    let typed = selection.recipe.name + GroupName(selection.group).option
    throw Problems(
      Problem(
        "deployment \(goal.deployment) was stopped on purpose, and --missing finishes it for the whole group; this would leave \(names)",
        subject: "--only",
        fix: "leave it out: \(selection.missingCommand)\nor deploy to these hosts alone: lander deploy \(typed) --revision "
          + "bundle:\(goal.inputs.bundle.short)\(TypedOptions(only: request.only).words([.hosts]))"), exit: .refused)
  }

  /// Refuses recipes whose strategy moves traffic, because only the strategy knows which hosts get traffic, and it does not run here.
  private func refusePools(_ recipe: Recipe, _ selection: Selection) throws(Problems) {
    guard recipe.strategy?.traffic != nil else { return }
    let typed = selection.recipe.name + GroupName(selection.group).option
    throw Problems(
      Problem(
        "recipe \"\(recipe.name)\" shares traffic between pools, and --missing runs no strategy, so it would change hosts whatever traffic "
          + "they get", place: selection.recipe.place, subject: "--missing",
        fix: "lander releases \(typed) names the bundle that runs; lander deploy \(typed) --revision bundle:DIGEST brings it to all hosts"),
      exit: .refused)
  }

  /// Reports which hosts get which revision, why they lack it, and which stages do not run.
  private func remark(on found: MissingHosts, leaving stages: [String], _ selection: Selection) {
    let goal = found.goal
    let which = goal.trial == true ? "which was stopped on purpose" : "the last good one of \(GroupName(selection.group).noun)"
    let besides = stages.isEmpty ? "" : "; nor do stages that ran: \(stages.joined(separator: ", "))"
    let verb = found.hosts.count == 1 ? "It gets" : "They get"
    let waves = found.hosts.count == 1 ? "" : ", one host first and then in growing waves"
    let what = "\(verb) release \(goal.release.id) of deployment \(goal.deployment), \(which)\(waves)"
    tell(.remark("Missing: \(found.list). \(what). The recipe's strategy and its gates do not run\(besides)."))
    guard !found.away.isEmpty else { return }
    let names = found.away.prefix(8).joined(separator: ", ") + (found.away.count > 8 ? " and \(found.away.count - 8) more" : "")
    tell(.remark("Unreachable and left out: \(names). When \(found.away.count == 1 ? "it is" : "they are") back: \(found.command)"))
  }
}
