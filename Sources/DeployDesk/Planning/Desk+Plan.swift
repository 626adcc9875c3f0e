import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Makes a plan from a request: it selects hosts, builds the bundle, surveys the hosts, plans, and rehearses the plan. Nothing changes on
  /// a host.
  /// - Parameters:
  ///   - connecting: whether to contact hosts. If false, all hosts count as hosts that never had a deployment.
  ///   - ticket: the token of the deployment's place in the queue, or nil if the deployment has no place.
  ///   - endsLate: whether to first end parked deployments whose deadline has passed. Any other parked deployment keeps its hosts.
  ///   - isShown: whether the plan is only shown. If it is, deployments that hold the plan's hosts cause only warnings.
  ///   - queues: whether the current command can wait in the queue. `remove` and `join` cannot.
  ///   - ready: the bundle to deploy, or nil if it has to be built.
  ///   - origin: the revision's commit and changes, or nil if they have to be looked up.
  /// - Throws: `Problems` with everything that is known to be wrong when planning stops.
  package func plan(
    _ asked: Asked, of project: LoadedProject, connecting: Bool = true, ticket: String? = nil, endsLate: Bool = false,
    isShown: Bool = false, queues: Bool = true, bringing ready: BuiltBundle? = nil, from origin: Provenance? = nil
  ) async throws -> PlannedDeployment {
    let request = asked.request
    var selection = try await Selecting(project: project, stage: stage).selection(asked)
    selection.typed = asked.typed ?? selection.typed
    if connecting { selection = selection.withRegisterOfParts }
    let freeze = try freeze(of: selection.recipe, override: request.freezeOverride)
    if connecting { greet(selection) }
    let built = if let ready { ready } else { try await build(selection.recipe, request.revision, of: project) }
    let signer = try refuseUnsigned(built)
    let appSpec = try await appSpec(of: selection.recipe, built.manifest)
    let sources = try await shelf.keep(project.project.sources)
    var preparation = connecting ? await ask(selection) : nil
    let queues = queues && selection.recipe.removal == nil && (asked.joins == nil || asked.missing != nil)
    if endsLate, let found = preparation?.surveys,
      try await endLate([Surveyed(selection: selection, surveys: found)], queues: queues)
    {
      preparation = await ask(selection)
    }
    let left = try await leftLocks(preparation?.surveys ?? [], of: selection.recipe.application, typed: project.typed)
    if isShown, let surveys = preparation?.surveys { tellHolders(of: selection, surveys, besides: left) }
    let partners = try await surveyedPartners(preparation, of: selection, typed: project.typed)
    let release = shelf.release(of: built.bundle.digest, shared: selection.recipe.placement.shared)
    var input = Planner.Input(
      selection: selection, release: release, bundle: built.bundle, manifest: built.manifest, sources: sources,
      surveys: preparation?.surveys ?? selection.hosts.map { _ in .reached(.fresh) }, kept: preparation?.kept ?? [],
      force: request.force, orphans: request.orphans,
      secrets: await preparation?.secrets(selection, of: release.id, ports: ports) ?? [], inherits: left, appspec: appSpec.options)
    input.others = heard(preparation?.others, of: selection)
    input.partners = partners
    (input.ticket, input.sequence, input.undoes) = (ticket, request.sequence, request.undoes)
    (input.joins, input.missing) = (asked.joins, asked.missing)
    (input.ran, input.again) = (request.ran ?? [], request.again ?? [])
    var identity = stage.identity()
    identity.provenance = await provenance(
      request.said, selection.recipe, request.revision, of: project, replacing: preparation?.surveys ?? [], from: origin, signedBy: signer)
    input.waves = .rehearsing
    let rehearsal = try await rehearsing(Planner.deployment(input, by: identity), project).run()
    try refuse(rehearsal.problems + AllowedSigners(project.project.sources).problems(in: rehearsal.good, at: now))
    (input.waves, input.freeze) = (rehearsal.waves, freeze)
    input.foundSecrets = rehearsal.secrets
    let plan = try Planner.deployment(input, by: identity)
    // The hosts already have the scripts of a task or a removal.
    let scripts = built.manifest.items.isEmpty ? [] : await ScriptCheck(shelf: shelf).problems(built.manifest, rehearsal.good)
    let wrong = await secretProblems(plan.content.secrets) + scripts
    let users = connecting ? await UserProbe(plan, rehearsal.good).problems(asking: ports.transport) : []
    if !wrong.isEmpty || !users.isEmpty { throw Problems(wrong + users, exit: wrong.isEmpty ? .infrastructure : .usage) }
    return PlannedDeployment(plan: plan, rehearsal: rehearsal, installation: appSpec.installation)
  }

  /// Returns the hosts that the deployment leaves alone. Warns if one of them does not answer but might have stage marks.
  private func heard(_ others: Bystanders?, of selection: Selection) -> Bystanders? {
    if others?.areUnknown == true, selection.remembersStages {
      tell(.remark("A host of the group that is left alone does not answer, so it is unknown which stages it remembers."))
    }
    return others
  }

  /// Returns two things: the recipe's appspec options, completed with the bundle's scripts, and the steps of the installation.
  /// - Throws: an error that lists all problems that would make the installation fail on the hosts.
  private func appSpec(of recipe: Recipe, _ manifest: Manifest) async throws -> (options: AppSpecOptions?, installation: [String]) {
    guard var options = recipe.appspec, !recipe.bringsNothing else { return (nil, []) }
    let bundle = try await reviewer.review(manifest, options, in: shelf)
    try refuse(bundle.problems)
    if bundle.warnings > 0 { tell(.appSpecWarnings(bundle.warnings, of: recipe)) }
    options.scripts = bundle.scripts
    return (options, bundle.installation)
  }

  /// Begins to open the connections to the first hosts, so that this happens while the bundle is built. A build command can take long, so
  /// the connections of such a recipe are opened later.
  private func greet(_ selection: Selection) {
    guard selection.recipe.revision?.build == nil else { return }
    // Nobody waits for these tasks: the survey meets every failure again, and if the bundle is refused, the connections are closed.
    for host in selection.hosts.prefix(Preparation.width) { Task { [transport = ports.transport] in await transport.greet(host) } }
  }

  /// Returns the surveys of partners, with those locks that can be taken over because their holders are dead.
  /// - Parameter preparation: the surveys, or nil if no host was asked.
  /// - Throws: if a partner is locked by a deployment that can be resumed.
  func surveyedPartners(
    _ preparation: Preparation?, of selection: Selection, typed: String?
  ) async throws -> Partners.Surveyed {
    let surveys = preparation?.partners ?? []
    return Partners.Surveyed(surveys, inherits: try await leftLocks(surveys, of: selection.recipe.application, typed: typed))
  }

  private func refuse(_ problems: [Problem]) throws {
    if !problems.isEmpty { throw Problems(problems) }
  }

  /// Returns a problem for each secret that is not available on this machine, or that cannot be hidden in output.
  func secretProblems(_ names: [String]) async -> [Problem] {
    var problems = await secrets.missing(of: names)
    for name in names where !problems.contains(where: { $0.subject == name }) {
      // A secret might be too short to be hidden in output. It is refused now rather than during the deployment.
      do { try await secrets.expect([name]) } catch { problems.append(error.problem(of: name)) }
    }
    return problems
  }
}

extension HostState {
  /// The state of a host that never had a deployment.
  static let fresh = HostState(
    facts: HostFacts(shell: "sh", user: "unknown", bootID: "", freeBytes: .max / 2, freeInodes: .max / 2))
}
