package import DeployCore
package import DeployModel

/// The facts that a plan needs: the state of every host, and the recipes of the releases that hosts run. Collecting these facts changes
/// nothing.
package struct Preparation: Sendable {
  package var surveys: [Survey]
  /// The hosts of the group that the deployment leaves alone, or nil if they were not surveyed because nothing depends on them.
  package var others: Bystanders?
  package var kept: [PinnedRecipe]
  /// The surveys of the partners, in order, or empty if they were not surveyed.
  package var partners: [Survey]

  /// The largest number of hosts that are asked at the same time.
  package static let width = 30

  /// - Parameters:
  ///   - deep: whether to collect what a rollback needs: the receipts of all releases that hosts keep, and the damage to these releases.
  ///     The hosts that a rollback leaves alone are then surveyed too, because their marks of stages count even if the recipe no longer has
  ///     these stages.
  ///   - partners: whether to survey the partners too.
  ///   - surveyed: called with the number and the survey of each host.
  package init(
    _ selection: Selection, ports: Ports, recipes: any RecipeLibrary, deep: Bool = false, partners: Bool = false,
    surveyed: @escaping @Sendable (Int, Survey) -> Void = { _, _ in }
  )
    async
  {
    async let partnered = partners ? Self.survey(partnersOf: selection, ports, surveyed) : []
    surveys = await Self.survey(selection.hosts, selection, ports, deep, surveyed)
    others =
      selection.asksBystanders || deep && !selection.bystanders.isEmpty
      ? Bystanders(await Self.survey(selection.bystanders, selection, ports, false) { _, _ in }, counts: selection.countsBystanders) : nil
    self.partners = await partnered
    kept = await Self.kept(selection, surveys, ports, recipes)
  }

  /// Returns, for each host by its number, the result of comparing the secrets of its receipt with their current values. The result for a
  /// host is nil if its receipt belongs to another release.
  package func secrets(_ selection: Selection, of release: Release.ID, ports: Ports) async -> [SecretComparison?] {
    var found: [SecretComparison?] = surveys.map { _ in nil }
    await withTaskGroup(of: (Int, SecretComparison).self) { group in
      var rest = zip(selection.hosts, surveys).compactMap { host, survey -> (Host, Receipt)? in
        guard case .reached(let state) = survey, let receipt = state.receipt, receipt.release.id == release else { return nil }
        return (host, receipt)
      }[...]
      func add() {
        guard let (host, receipt) = rest.popFirst() else { return }
        group.addTask {
          (host.number, await ports.transport.compare(secretsOf: receipt, on: host, at: host.place(selection.recipe.placement.path)))
        }
      }
      for _ in 0..<Self.width { add() }
      for await (number, comparison) in group {
        found[number] = comparison
        add()
      }
    }
    return found
  }

  private static func survey(
    _ hosts: [Host], _ selection: Selection, _ ports: Ports, _ deep: Bool, _ surveyed: @escaping @Sendable (Int, Survey) -> Void
  ) async -> [Survey] {
    let recipe = selection.recipe
    var surveys: [Survey?] = hosts.map { _ in nil }
    await withTaskGroup(of: (Int, Survey).self) { group in
      var next = 0
      func add() {
        guard next < hosts.count else { return }
        let host = hosts[next]
        next += 1
        group.addTask {
          let path = host.place(recipe.placement.path)
          let survey = await ports.transport.survey(
            host, at: path, application: recipe.application, group: selection.group, shared: recipe.placement.shared)
          return (host.number, deep ? await ports.transport.deepened(survey, of: host, at: path, application: recipe.application) : survey)
        }
      }
      for _ in 0..<width { add() }
      for await (number, survey) in group {
        surveys[number] = survey
        surveyed(number, survey)
        add()
      }
    }
    return surveys.map { $0 ?? .unreachable(Failure(.internal, "no survey was made")) }
  }

  private static func survey(
    partnersOf selection: Selection, _ ports: Ports, _ surveyed: @escaping @Sendable (Int, Survey) -> Void
  ) async -> [Survey] {
    let (application, group) = (selection.recipe.application, selection.group)
    var surveys: [Survey] = selection.partners.map { _ in .unreachable(Failure(.internal, "no survey was made")) }
    await withTaskGroup(of: (Int, Survey).self) { tasks in
      var rest = selection.partners.enumerated().map { ($0.offset, $0.element) }[...]
      func add() {
        guard let (index, partner) = rest.popFirst() else { return }
        tasks.addTask {
          (index, await ports.transport.survey(partner.host, at: partner.path, application: application, group: group, shared: []))
        }
      }
      for _ in 0..<width { add() }
      for await (index, survey) in tasks {
        surveys[index] = survey
        surveyed(selection.partners[index].host.number, survey)
        add()
      }
    }
    return surveys
  }

  /// Returns the recipes that receipts name, each with the parameters of its receipt. The sources come from the store or, if the store
  /// lacks them, from a host. Recipes without sources are left out.
  private static func kept(
    _ selection: Selection, _ surveys: [Survey], _ ports: Ports, _ recipes: any RecipeLibrary
  ) async -> [PinnedRecipe] {
    var found: [PinnedRecipe] = []
    for (host, survey) in zip(selection.hosts, surveys) {
      guard case .reached(let state) = survey else { continue }
      for receipt in [state.receipt, state.previous].compactMap({ $0 }) + (state.kept ?? [])
      where !found.contains(where: { $0.goes(with: receipt) }) {
        let alike = found.first { $0.hasSources(of: receipt) }
        let known: PinnedRecipe? = if let alike { alike } else { await pinned(receipt, on: host, selection, ports, recipes) }
        guard var recipe = known else { continue }
        recipe.parameters = receipt.inputs.parameters
        found.append(recipe)
      }
    }
    return found
  }

  /// Returns the recipe that a receipt names. Nil if neither the store nor the host has the recipe's sources, or if the sources can no
  /// longer be read.
  private static func pinned(
    _ receipt: Receipt, on host: Host, _ selection: Selection, _ ports: Ports, _ recipes: any RecipeLibrary
  ) async -> PinnedRecipe? {
    guard let sources = await sources(receipt.inputs.sources, on: host, selection, ports),
      let recipe = try? recipes.recipe(named: receipt.recipe, in: sources)
    else { return nil }
    var pinned = PinnedRecipe(
      name: recipe.name, sources: receipt.inputs.sources, hooks: recipe.flow.hooks, appspec: recipe.appspec, partners: recipe.partners)
    let undoable = recipe.flow.stages.filter { $0.terms?.undo != nil }
    if !undoable.isEmpty { pinned.undoable = undoable }
    return pinned
  }

  private static func sources(_ digest: Digest, on host: Host, _ selection: Selection, _ ports: Ports) async -> [SourceFile]? {
    if let sources = try? await ports.bundles.sources(digest) { return sources }
    let site = HostSite(
      host: host, deployment: Deployment.ID("survey"), application: selection.recipe.application, group: selection.group,
      path: host.place(selection.recipe.placement.path), fence: 0, token: "")
    let intent = Intent(id: 0, place: .host(host.number), operation: .sources(digest), timeout: .minutes(1), site: Intent.Site())
    let outcome = await ports.transport.perform(intent, at: site, output: { _ in })
    guard outcome.failure == nil, let members = outcome.value.list else { return nil }
    let files = members.compactMap { value -> SourceFile? in
      guard let path = value["path"]?.text, let text = value["text"]?.text else { return nil }
      return SourceFile(path: path, text: text)
    }
    // The digest is computed from the received files, so that a host cannot send other sources under this digest.
    guard let kept = try? await ports.bundles.keep(files), kept == digest else { return nil }
    return files
  }
}

extension Transport {
  /// Returns a survey with what a rollback needs: the receipts of all releases that the host keeps, and the damage to these releases.
  /// - Parameters:
  ///   - survey: the survey of the host, which is returned unchanged if the host was not reached.
  ///   - path: the path that was surveyed.
  package func deepened(_ survey: Survey, of host: Host, at path: String, application: String) async -> Survey {
    guard case .reached(var state) = survey else { return survey }
    let kept = await receipts(of: state.releases, on: host, at: path)
    state.kept = kept.filter { $0.application.isExactly(application) }
    let unseen = state.releases.filter { state.damage(of: $0) == nil }
    state.damage += await damage(of: unseen, on: host, at: path)
    return .reached(state)
  }
}
