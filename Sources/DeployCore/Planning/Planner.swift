package import DeployModel

/// Makes plans without side effects: computes the complete plan from the request and the surveys of hosts.
package enum Planner {
  /// Who makes a plan and when, and everything else that the planner does not compute.
  package struct Identity: Sendable, Hashable {
    package var id: Deployment.ID
    package var actor: String
    package var at: Timestamp
    package var engine: String
    package var token: String
    package var seed: UInt64
    /// Who asks for the deployment, why and from where, or nil if unknown.
    package var provenance: Provenance?
    package init(id: Deployment.ID, actor: String, at: Timestamp, engine: String, token: String, seed: UInt64) {
      self.id = id
      self.actor = actor
      self.at = at
      self.engine = engine
      self.token = token
      self.seed = seed
    }

    /// The name by which locks and receipts refer to the person who plans.
    var who: String { provenance?.actor(over: actor) ?? actor }

    /// Returns the origin of a plan.
    /// - Parameter newest: the time of the newest receipt on the hosts, or nil if there is no receipt.
    func origin(_ kind: Plan.Kind = .deploy, seed: UInt64? = nil, after newest: Timestamp?) -> Plan.Origin {
      Plan.Origin(
        id: id, kind: kind, actor: who, at: at, engine: engine, seed: seed ?? self.seed, provenance: provenance,
        receiptsAt: newest.flatMap { $0 < at ? nil : $0 + Interval(milliseconds: 1) })
    }
  }

  /// Everything from which the plan of a deployment, a task or a removal is computed.
  package struct Input: Sendable, Hashable {
    package var selection: Selection
    package var release: Release
    package var bundle: Bundle
    package var manifest: Manifest
    /// The digest of the project's sources.
    package var sources: Digest
    /// The survey of each host. The index is the host's number.
    package var surveys: [Survey]
    /// The hosts of the group that the deployment leaves alone, or nil if they were not surveyed.
    package var others: Bystanders?
    /// The loaded recipes that the hosts' receipts name. Hosts whose recipe is missing cannot be restored with hooks.
    package var kept: [PinnedRecipe]
    package var force: Bool
    package var orphans: LockRequest.Orphans
    /// For each host, by its number, the result of comparing the secrets of its receipt with their current values. Nil, or an empty list,
    /// means that they were not compared.
    package var secrets: [SecretComparison?]
    /// For each host, by its number, the token of a lock that the deployment is allowed to take over because its holder is known to be
    /// gone. Nil, or an empty list, means that there is no such lock.
    package var inherits: [String?]
    /// Names of the secrets that the rehearsal found, but that the recipe's code does not name literally.
    package var foundSecrets: [String] = []
    /// The options for an installation by an appspec file, with the bundle's scripts, or nil for the recipe's own options.
    package var appspec: AppSpecOptions?
    /// What is known about the waves of the recipe's strategy.
    package var waves = KnownWaves.unknown
    package var partners = Partners.Surveyed()
    /// The token of the deployment's place in the queue, or nil if it has no place.
    package var ticket: String?
    /// The number by which the caller orders its deployments, from the `DeploymentRequest`.
    package var sequence: Int?
    /// The times in which no wave is allowed to begin, or nil if the recipe has no freeze window.
    package var freeze: Freeze.Rule?
    /// The deployment that this one reverses, from the `DeploymentRequest`.
    package var undoes: Deployment.ID?
    /// The receipt of the revision that joining hosts get, or nil if no hosts join.
    package var joins: Receipt?
    /// The revision that missing hosts get. Nil if the deployment is not for missing hosts.
    package var missing: Missing?
    /// The stages that the caller declares as already run for this revision, and the stages that have to run again.
    package var (ran, again): ([String], [String]) = ([], [])
    /// A rule that is disabled to test the checkers, or nil if no rule is disabled.
    package var lapse: Lapse?
    package init(
      selection: Selection, release: Release, bundle: Bundle, manifest: Manifest, sources: Digest, surveys: [Survey],
      kept: [PinnedRecipe] = [],
      force: Bool = false, orphans: LockRequest.Orphans = .wait, secrets: [SecretComparison?] = [], inherits: [String?] = [],
      appspec: AppSpecOptions? = nil, lapse: Lapse? = nil
    ) {
      self.selection = selection
      self.release = release
      self.bundle = bundle
      self.manifest = manifest
      self.sources = sources
      self.surveys = surveys.map(\.forChange)
      self.kept = kept
      self.force = force
      self.orphans = orphans
      self.secrets = secrets
      self.inherits = inherits
      self.appspec = appspec
      self.lapse = lapse
    }
  }

  /// Returns the plan of a deployment. If the recipe runs a task or a removal instead, returns the plan of the task or the removal.
  /// - Throws: an error that lists every reason why the deployment is not possible. Planning changes nothing.
  package static func deployment(_ input: Input, by identity: Identity) throws(Problems) -> Plan {
    let (recipe, selection) = (input.selection.recipe, input.selection)
    if let task = recipe.task { return try self.task(task, input, by: identity) }
    if let removal = recipe.removal { return try self.removal(removal, input, by: identity) }
    let inputs = Receipt.Inputs(
      bundle: input.bundle.digest, sources: input.sources, parameters: selection.parameters, shared: recipe.placement.shared.sorted(),
      secrets: recipe.secrets.sorted())
    try Slots.refuseHalves(selection)
    let bounds = try Bounds(
      selection, away: input.surveys.count(where: \.isAway), waves: input.waves, others: input.others, instead: input.missing?.strategy)
    try refuse(sharedProblems(recipe, input.manifest), exit: .usage)
    try refuseUnreachable(input.surveys, selection, bounds)
    if input.undoes == nil { try Slots.refuseAway(selection, input.surveys) }
    let partners = try Partners.found(selection.partners, input.partners)
    try Obstacles.refuse(input.surveys, selection, besides: sharedFileProblems(input) + spaceProblems(input))
    let pinned =
      [PinnedRecipe(name: recipe.name, sources: input.sources, hooks: recipe.flow.hooks, appspec: input.appspec ?? recipe.appspec)]
      + input.kept.filter { one in
        one.sources != input.sources || one.name != recipe.name || one.parameters.map { $0 != selection.parameters } == true
      }
    let history = GroupHistory(input.surveys)
    let purpose = "deploy \(recipe.name) of \(recipe.application) to \(GroupName(selection.group).words)"
    var lock = lock(identity, purpose, above: fence(input.surveys + input.partners.surveys), input.orphans, ticket: input.ticket)
    lock.sequence = input.sequence
    let hosts = zip(selection.hosts, input.surveys).map { host, survey in
      var step = plan(host, survey, history, for: input, inputs: inputs, recipes: pinned)
      step.inherits = input.inherits.indices.contains(host.number) ? input.inherits[host.number] : nil
      return step
    }
    try Partners.refuseLost(hosts, pinned, partners, of: recipe)
    let marks = StageMarks(
      input.surveys + input.partners.surveys, beside: input.others, takingOver: input.inherits)
    let stages = try marks.settle(
      recipe.flow.stages, of: selection, input.bundle.digest, StageMarks.Overrides(ran: input.ran, again: input.again),
      finishing: input.missing?.goal.deployment)
    return Plan(
      origin: input.joins.map { identity.origin(joining: $0) } ?? identity.origin(after: history.newest),
      subject: Plan.Subject(
        application: recipe.application, recipe: recipe.name, group: selection.group, parameters: selection.parameters,
        typed: selection.typed.nilIfEmpty),
      content: Plan.Content(
        bundle: input.bundle, release: input.release, recipes: pinned, inputs: inputs,
        secrets: sorted(recipe.secrets + input.foundSecrets)),
      placement: recipe.placement, flow: flow(of: recipe, stages, input, behind: marks.behind(hosts)), hosts: hosts,
      bounds: try bounds.letting(hosts, move: selection.configuration, beside: input.others),
      lock: lock, partners: partners.with(register: stages.needRegister))
  }

  /// Returns the names in sorted order and without duplicates.
  static func sorted(_ names: [String]) -> [String] {
    names.sorted().reduce(into: []) { sorted, name in if sorted.last != name { sorted.append(name) } }
  }

  private static func flow(of recipe: Recipe, _ stages: [Stage], _ input: Input, behind: String?) -> Plan.Flow {
    // A rollback that gives traffic back to other slots starts nothing in them, so no stage runs either.
    let stages = input.undoes == nil ? stages : stages.filter { if case .script = $0 { false } else { true } }
    return Plan.Flow(
      stages: stages, onFailure: recipe.flow.onFailure.map { Body(recipe: 0, function: $0) },
      onSuccess: recipe.flow.onSuccess.map { Body(recipe: 0, function: $0) }, rollback: recipe.flow.rollback, trial: true, prunesLast: true,
      tracksService: true, rules: .newest, freeze: input.freeze, undoes: input.undoes, behind: behind,
      joins: input.joins?.deployment, missing: input.missing?.goal.deployment, alarm: recipe.alarm)
  }

  private static func plan(
    _ host: Host, _ survey: Survey, _ history: GroupHistory, for input: Input, inputs: Receipt.Inputs, recipes: [PinnedRecipe]
  ) -> HostPlan {
    let release = input.release
    guard case .reached(let state) = survey else {
      guard case .unreachable(let failure) = survey else { return HostPlan(host: host, target: release) }
      return HostPlan(host: host, action: .leftOut(failure), target: release)
    }
    let receipt = input.lapse == .receiptIgnored ? nil : state.receipt
    let damage = input.lapse == .damageIgnored ? nil : state.damage(of: state.current)
    let alike =
      state.current == release.id && receipt?.release.id == release.id && receipt?.inputs == inputs && damage == nil
      && !state.isUnsettled
    let secrets = alike && input.secrets.indices.contains(host.number) ? input.secrets[host.number] : nil
    let same = alike && secrets?.changed.isEmpty != false
    let previous = history.settled(state.receipt)
    let back = input.lapse == .trialIgnored ? nil : back(from: previous, state, history, for: input, recipes: recipes)
    var plan = HostPlan(
      host: host, action: same && !input.force ? .unchanged : .change, facts: state.facts, target: release, previous: previous,
      current: state.current, restoring: recipe(of: back ?? state.receipt, among: recipes, own: inputs.parameters),
      present: state.releases.contains(release.id), back: back, secrets: secrets
    ).seeing(state)
    plan.stages = plan.current != release.id
    if !plan.stages, input.force || damage != nil { plan.repairs = true }
    return plan
  }

  /// Returns the group's last good revision if the host's release is on trial and the host still has that revision, and nil otherwise. Also
  /// returns nil if an appspec file installs the release, because such an installation goes back to what was installed before.
  private static func back(
    from now: Receipt?, _ state: HostState, _ history: GroupHistory, for input: Input, recipes: [PinnedRecipe]
  ) -> Receipt? {
    // A release that a dead engine made current without a receipt is as uncertain as a release on trial.
    let isLeft = state.current != now?.release.id && state.current != state.previous?.release.id
    guard let now, now.trial == true || isLeft, let good = history.lastGood(), good.release.id != state.current,
      good.release.id != input.release.id,
      state.releases.contains(good.release.id), state.damage(of: good.release.id) == nil, state.strange == nil,
      let recipe = recipe(of: good, among: recipes, own: input.selection.parameters),
      recipes[recipe].appspec == nil, recipes[0].appspec == nil
    else { return nil }
    return good
  }

  /// Returns the index of the recipe that deployed the receipt's release, or nil if the plan lacks this recipe. Prefers a recipe with the
  /// receipt's parameters.
  static func recipe(of receipt: Receipt?, among recipes: [PinnedRecipe], own: Value? = nil) -> Int? {
    guard let receipt else { return nil }
    return recipes.firstIndex { $0.goes(with: receipt, own: own) } ?? recipes.firstIndex { $0.hasSources(of: receipt) }
  }

  /// - Parameter ticket: the place in the queue, or nil for a rollback, which does not wait in a queue.
  static func lock(
    _ identity: Identity, _ purpose: String, above fence: Int, _ orphans: LockRequest.Orphans = .wait, ticket: String? = Ticket.none
  ) -> LockRequest {
    var lock = LockRequest(
      token: identity.token, owner: identity.who, purpose: identity.saying(purpose), fence: fence.plus(1), orphans: orphans)
    lock.ticket = ticket
    return lock
  }

  /// Returns the highest fence that the hosts have seen, or 0 if there is none.
  static func fence(_ surveys: [Survey]) -> Int {
    surveys.reduce(0) { highest, survey in
      if case .reached(let state) = survey { max(highest, state.fence) } else { highest }
    }
  }

  // MARK: What is refused before anything starts

  private static func refuse(_ problems: [Problem], exit: ExitCode) throws(Problems) {
    if !problems.isEmpty { throw Problems(problems, exit: exit) }
  }

  static func refuseUnreachable(_ surveys: [Survey], _ selection: Selection, _ bounds: Bounds) throws(Problems) {
    var problems: [Problem] = []
    var onlyUnreachable = true
    for (host, survey) in zip(selection.hosts, surveys) {
      guard case .unreachable(let failure) = survey else { continue }
      onlyUnreachable = onlyUnreachable && failure.kind == .unreachable
      problems.append(Problem(failure.message, subject: host.name, fix: failure.fix))
    }
    if onlyUnreachable && problems.count <= bounds.unreachable && problems.count < selection.hosts.count { return }
    try refuse(problems, exit: onlyUnreachable ? .unreachable : .infrastructure)
  }

  /// Returns a problem for each shared path that the bundle also contains, because the link to `shared` would hide the bundle's file.
  private static func sharedProblems(_ recipe: Recipe, _ manifest: Manifest) -> [Problem] {
    recipe.placement.shared.compactMap { shared in
      let path = shared.withoutLastSlash
      let above = { (item: Manifest.Item) in item.kind != .directory && !item.path.isExactly(path) && path.isPath(atOrBelow: item.path) }
      if let item = manifest.items.first(where: above) {
        return Problem(
          "shared path \"\(shared)\" lies below \(item.path), which is a \(item.kind.rawValue) in the bundle", place: recipe.place,
          fix: "add \(item.path) to the bundle's ignore patterns, or take the path out of shared")
      }
      let inside = { (item: Manifest.Item) in item.path.isPath(atOrBelow: path) && (!item.path.isExactly(path) || item.kind != .directory) }
      guard let item = manifest.items.first(where: inside) else { return nil }
      return Problem(
        "shared path \"\(shared)\" is also in the bundle (\(item.path))", place: recipe.place,
        fix: "add it to the bundle's ignore patterns, or take it out of shared")
    }
  }

  /// Returns a problem for each host that lacks shared files to which the release would link.
  private static func sharedFileProblems(_ input: Input) -> [Problem] {
    zip(input.selection.hosts, input.surveys).compactMap { host, survey in
      guard case .reached(let state) = survey, !runs(input.release, state), let lacks = state.lacks else { return nil }
      return Problem(lacks.message, subject: host.name, fix: lacks.fix)
    }
  }

  /// Whether the release is current on the host and its folder exists, so that at most some of its files have to be sent.
  private static func runs(_ release: Release, _ state: HostState) -> Bool {
    state.current == release.id && state.damage(of: release.id)?.kind != .gone
  }

  /// Returns a problem for each host with too little disk space for the new release in addition to the old one. If the host has an older
  /// release, staging repeats this check once it knows how much it has to send.
  private static func spaceProblems(_ input: Input) -> [Problem] {
    zip(input.selection.hosts, input.surveys).compactMap { host, survey in
      guard case .reached(let state) = survey, !runs(input.release, state), !state.releases.contains(input.release.id) else {
        return nil
      }
      let (whole, facts) = (input.bundle.bytes, state.facts)
      let room = StagingRoom(whole: whole, sending: state.releases.isEmpty ? whole : 0, items: input.bundle.files)
      let path = host.place(input.selection.recipe.placement.path)
      guard let lack = room.lack(freeBytes: facts.freeBytes, freeInodes: facts.freeInodes, at: path) else { return nil }
      return Problem(lack.message, subject: host.name, fix: lack.fix)
    }
  }
}

extension Planner.Identity {
  /// Returns the purpose of a lock, followed by at most 200 bytes of the reason that the caller gave.
  func saying(_ purpose: String) -> String {
    guard let reason = provenance?.message.flatMap({ Provenance.line($0, limit: 200) }) else { return purpose }
    return "\(purpose): \(reason)"
  }
}
