package import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Returns a plan that rolls hosts back to their previous good release, according to the hosts' receipts.
  /// - Parameters:
  ///   - straighten: whether to include hosts that run something different from the rest of the group.
  ///   - aim: the release to go back to, as typed. Hosts must still keep it. If nil, it is the previous good release.
  ///   - despite: names of irreversible stages that should not prevent the rollback.
  ///   - said: who asks, and why.
  ///   - endsLate: whether to first end parked deployments whose deadline has passed. If false, planning changes nothing.
  /// - Throws: an error that lists all reasons why the hosts cannot be rolled back.
  package func planRollback(
    of selection: Selection, in project: LoadedProject, straighten: Bool, to aim: String? = nil, despite: [String] = [],
    said: StatedProvenance = StatedProvenance(), endsLate: Bool = true
  ) async throws -> Plan {
    let selection = selection.withRegisterOfParts
    let preparation = await ask(selection, deep: true)
    if endsLate, try await endLate([Surveyed(selection: selection, surveys: preparation.surveys)], queues: false) {
      return try await afterLate {
        try await planRollback(of: selection, in: project, straighten: straighten, to: aim, despite: despite, said: said)
      }
    }
    let left = try await leftLocks(preparation.surveys, of: selection.recipe.application, typed: project.typed)
    if !endsLate { tellHolders(of: selection, preparation.surveys, besides: left) }
    if Slots.has(selection.hosts) {
      return try await planSwitchBack(of: selection, preparation, in: project, to: aim, despite: despite, said: said)
    }
    let goal = try aim.map { try KeptReleases(Array(zip(selection.hosts, preparation.surveys))).find($0) }
    var identity = stage.identity()
    identity.provenance = provenance(said).nilIfEmpty
    let plan = try RollbackPlanner.plan(
      selection, surveys: preparation.surveys, others: preparation.others, kept: preparation.kept, inherits: left,
      partners: try await surveyedPartners(preparation, of: selection, typed: project.typed), straighten: straighten, to: goal,
      despite: despite, waves: await waves(of: selection, project), typed: project.typed,
      isStored: { [shelf] digest in (try? shelf.inspect(digest.hex)) != nil }, by: identity)
    try await bring(plan, preparation.surveys, at: selection.recipe.placement)
    try refuseBesidesPools(plan, selection)
    try await refuseUnready(plan, project)
    tellOfKilled(zip(selection.hosts, preparation.surveys).map { ($0, $1) })
    for undo in plan.undone {
      let when = undo.mark.undo == .before ? "before hosts go back" : "after all hosts are back"
      tell(.remark("Stage \"\(undo.mark.stage)\" of revision \(undo.mark.revision.short) is undone \(when)."))
    }
    tellOfStaying(plan, preparation.surveys, despite)
    tellOfEmpty(selection, preparation.surveys)
    if !plan.undone.isEmpty { await warnOfSecrets(plan) }
    return plan
  }

  /// Reports stages that this rollback does not undo, because hosts that it leaves alone still need what the stages did. Does not report
  /// stages in `despite`.
  private func tellOfStaying(_ plan: Plan, _ surveys: [Survey], _ despite: [String]) {
    guard let goal = plan.hosts.first(where: { $0.action == .change })?.goal else { return }
    let known = plan.undone.map(\.mark.stage) + despite.map { String($0.prefix { $0 != "@" }) }
    for mark in Slots.left(going: goal, surveys, despite: despite) {
      tell(
        .remark(
          "Stage \"\(mark.stage)\" of revision \(mark.revision.short) is not undone and counts as done. If somebody undid it by hand, "
            + "deploy that revision with --again \(mark.stage.shellWord) later, or the stage does not run."))
    }
    for mark in Slots.notUndone(going: goal, surveys) where !known.contains(where: { $0.isExactly(mark.stage) }) {
      tell(.remark("Stage \"\(mark.stage)\" is not undone: another host of the group runs its revision, or is unreachable and may run it."))
    }
  }

  /// Reports hosts on which there is nothing of the application, for example because it was removed. A rollback leaves these hosts empty.
  private func tellOfEmpty(_ selection: Selection, _ surveys: [Survey]) {
    let empty = zip(selection.hosts, surveys).compactMap { host, survey -> String? in
      guard case .reached(let state) = survey, state.receipt == nil, state.current == nil, state.strange == nil else { return nil }
      return host.name
    }
    guard !empty.isEmpty else { return }
    let (recipe, group) = (selection.recipe.name, GroupName(selection.group).option)
    let names = empty.prefix(10).joined(separator: ", ") + (empty.count > 10 ? " and \(empty.count - 10) more" : "")
    tell(
      .remark(
        "\(names): nothing of \(selection.recipe.application) is there, and a rollback leaves that so. Afterwards `lander deploy "
          + "\(recipe)\(group) --missing` brings what the group runs."))
  }

  /// Reports interrupted rollbacks that this rollback repeats.
  private func tellOfKilled(_ found: [(host: Host, survey: Survey)]) {
    for (host, survey) in found {
      guard case .reached(let state) = survey, state.isGoingBack, let lock = state.lock else { continue }
      tell(.remark("\(host.name): rollback \(lock.deployment) of \(lock.owner) was interrupted there; this one does it again."))
    }
  }

  /// If some hosts have to be rolled back to a release that they do not have, makes sure that this machine has it. Hosts might lack the
  /// release because they joined the group later.
  private func bring(_ plan: Plan, _ surveys: [Survey], at placement: Placement) async throws {
    let lacking = plan.hosts.filter { $0.action == .change && $0.stages }
    guard let goal = lacking.first?.goal else { return }
    let keepers = zip(plan.hosts, surveys).filter { _, survey in
      guard case .reached(let state) = survey else { return false }
      return state.releases.contains(goal.release.id) && state.damage(of: goal.release.id) == nil
    }
    tell(.remark("Release \(goal.release.id) is sent to \(lacking.map(\.host.name).joined(separator: ", ")), which did not keep it."))
    try await fetch(goal, from: keepers.map(\.0.host), at: placement)
    _ = try trust.signer(of: goal.inputs.bundle)
  }

  /// If the rollback's floor depends on waves, returns the waves that a deployment to these hosts would have. If the recipe cannot be
  /// rehearsed, the waves are unknown and hosts are rolled back one at a time, because a failed rehearsal must not keep a bad release in
  /// place.
  private func waves(of selection: Selection, _ project: LoadedProject) async -> KnownWaves {
    guard selection.recipe.needsSeenWaves, let plan = try? Planner.simulated(selection, isFresh: false, by: stage.identity()),
      let rehearsal = try? await Rehearsing(plan: plan, project: project, stage: stage).run()
    else { return .unknown }
    return rehearsal.waves
  }

  /// Warns about missing secrets of the releases that hosts leave. An undo that needs such a secret would fail after the hosts were rolled
  /// back.
  private func warnOfSecrets(_ plan: Plan) async {
    let names = plan.hosts.filter { $0.action == .change }.flatMap { $0.previous?.secrets?.map(\.name) ?? [] }
    for problem in await secretProblems(Set(names).sorted()) {
      let stages = plan.undone.map { "stage \"\($0.mark.stage)\"" }.joined(separator: ", ")
      tell(.remark("\(problem.message): if the undo of \(stages) needs it, it fails."))
    }
  }

  /// Refuses a rollback that would stop hosts without starting them again. That would happen if its hooks need users that the hosts lack,
  /// or secrets that this machine lacks. A rollback that cannot be rehearsed is not refused.
  private func refuseUnready(_ plan: Plan, _ project: LoadedProject) async throws {
    guard let rehearsal = try? await rehearsing(plan, project).run() else { return }
    let secrets = await secretProblems(rehearsal.secrets)
    let users = await UserProbe(plan, rehearsal.good).problems(asking: ports.transport)
    if !secrets.isEmpty || !users.isEmpty { throw Problems(secrets + users, exit: secrets.isEmpty ? .infrastructure : .usage) }
  }

  /// Rehearses a planned rollback, to show what it would do.
  /// - Throws: if a recipe of the rollback is neither on this machine nor on a host, or if the rehearsal does not end.
  package func rehearse(_ rollback: Plan, in project: LoadedProject) async throws -> PlannedDeployment {
    PlannedDeployment(plan: rollback, rehearsal: try await rehearsing(rollback, project).run(), installation: [])
  }

  /// Returns the rehearsal of a plan whose recipes are all in the store.
  func rehearsing(_ plan: Plan, _ project: LoadedProject) async throws -> Rehearsing {
    var rehearsing = Rehearsing(plan: plan, project: project, stage: stage)
    for recipe in plan.content.recipes where rehearsing.kept[recipe.sources] == nil {
      rehearsing.kept[recipe.sources] = try await shelf.sources(recipe.sources)
    }
    return rehearsing
  }
}
