package import DeployCore
import DeployEngine
import DeployModel

extension Desk {
  /// Finds a parked deployment by its id, by the beginning of its id, or by the part of its id after the last `-`.
  /// - Returns: the deployment (nil if it is not on any of the hosts that answered), whether any host answered, and all surveys.
  /// - Throws: if the word fits several parked deployments.
  package func findParked(
    _ word: String, on selections: [Selection]
  ) async throws -> (found: FoundParked?, answered: Bool, surveys: [Surveyed]) {
    var found: [FoundParked] = []
    var surveys: [Surveyed] = []
    var answered = false
    for selection in selections {
      let surveyed = await survey(selection)
      surveys.append(surveyed)
      answered = answered || surveyed.unreachable < surveyed.surveys.count
      for one in surveyed.parked where !found.contains(where: { $0.parked.deployment == one.parked.deployment }) { found.append(one) }
    }
    let exact = found.filter { $0.parked.deployment.rawValue == word }
    let near = exact.isEmpty ? found.filter { $0.parked.deployment.isMeant(by: word) } : exact
    guard near.count < 2 else {
      throw Problems(Problem("\"\(word)\" names \(near.count) deployments", fix: "say which: \(near.map(\.parked.deployment))"))
    }
    return (near.first, answered, surveys)
  }

  /// Fetches those parts of a parked deployment's journal and recipes that this machine lacks. They come from the deployment's hosts.
  /// - Throws: if the copies on the hosts cannot be trusted, or contradict this machine's journal.
  package func adopt(_ found: FoundParked) async throws -> DeploymentPair {
    let id = found.parked.deployment
    guard let claim = try journal.claim(id) else {
      throw Problems(Problem("deployment \(id) is run by another process of this machine", fix: "lander follow \(id)"), exit: .locked)
    }
    do {
      let known = try await journal.entries(of: id)
      // If the hosts have no copy, the engine exited before it had sent the journal. In that case, this machine has everything.
      if found.parked.copy != nil || known.entries.isEmpty { try await takeNews(of: found, over: known.entries) }
      claim.release()
    } catch {
      claim.release()
      throw error
    }
    return try await past.pair(of: id)
  }

  /// Appends those entries of a parked deployment that are on its hosts but not in this state folder.
  private func takeNews(of found: FoundParked, over known: [Entry]) async throws {
    let copy: CopiedJournal
    do {
      copy = try await believed(found)
    } catch let problems as Problems where known.lastParking == found.parked.round {
      // An engine with this state folder parked the deployment, and nobody has resumed it since. So a damaged copy on hosts does not
      // matter.
      return tell(.warning(Problem(problems.list[0].message + "; what this state folder knows itself counts", fix: problems.list[0].fix)))
    }
    try await journal.append(try AdoptedJournal(copy.entries, over: known).news, to: found.parked.deployment)
  }

  /// Returns the journal that hosts keep, and stores the sources that the journal contains.
  /// - Throws: if the journal is not the one that an engine left on the hosts.
  private func believed(_ found: FoundParked) async throws -> CopiedJournal {
    let copy = try await copied(found)
    func refuse(_ what: String) -> Problems {
      Problems(
        Problem(
          "the journal that hosts keep of deployment \(found.parked.deployment) is not believed: \(what)",
          fix: "resume it where it was started; lander unlock --force gives its hosts free"), exit: .refused)
    }
    guard copy.digest == found.parked.copy else { throw refuse("it is not the one that they name") }
    guard case .planned(let plan)? = copy.entries.first?.fact, plan.id == found.parked.deployment, plan.lock.token == found.lock.token,
      plan.lock.fence == found.lock.fence, plan.subject.application.isExactly(found.selection.recipe.application)
    else { throw refuse("it is of another deployment") }
    guard copy.entries.enumerated().allSatisfy({ $0.offset == $0.element.sequence }) else { throw refuse("entries are missing in it") }
    if let nonsense = EntrySense.nonsense(in: copy.entries) { throw refuse("entry \(nonsense.sequence) \(nonsense.what)") }
    if let other = stranger(in: plan, found.selection) { throw refuse("it names host \(other), which is not so in this project") }
    // Someone with root on one host must not be able to reach other hosts in this way.
    let locked = plan.hosts.count { if case .leftOut = $0.action { false } else { true } }
    guard found.places.count >= min(Parked.vouching, locked) else {
      throw refuse("only \(found.places[0].host.name) vouches for it, and \(min(Parked.vouching, locked)) hosts have to")
    }
    guard copy.sources.count == plan.content.recipes.count else { throw refuse("its recipes are missing") }
    for (recipe, sources) in zip(plan.content.recipes, copy.sources) {
      guard try await shelf.keep(sources) == recipe.sources else { throw refuse("its recipe \(recipe.name) is another one") }
    }
    return copy
  }

  private func copied(_ found: FoundParked) async throws -> CopiedJournal {
    var failure: Failure?
    for place in found.places {
      do throws(Failure) {
        return try ports.copies.read(try await hosts.journal(on: place.host, at: place.path))
      } catch {
        // Only some of the hosts keep the journal.
        if failure == nil || error.kind != .missing {
          failure = Failure(error.kind, "\(place.host.name): \(error.message)", fix: error.fix)
        }
      }
    }
    let words = failure?.message ?? "no host keeps it"
    throw Problems(
      Problem(
        "the journal of deployment \(found.parked.deployment) cannot be had from its hosts: \(words)",
        fix: "resume it where it was started, or with lander \(found.parked.engine), which parked it"), exit: .refused)
  }

  /// Returns the first host of a plan that this project does not have, or that it reaches in a different way. Returns nil if there is no
  /// such host.
  private func stranger(in plan: Plan, _ selection: Selection) -> String? {
    let known = selection.hosts + selection.bystanders + selection.partners.map(\.host)
    let named = plan.hosts.map(\.host) + plan.partners.map(\.host)
    return named.first { host in !known.contains { $0.isReached(as: host) } }?.name
  }
}

extension [Entry] {
  /// The round in which the deployment was last parked, according to this journal, or nil if it was never parked.
  fileprivate var lastParking: Int? {
    reversed().lazy.compactMap { entry -> Int? in
      if case .intended(let intent) = entry.fact, case .park(let request) = intent.operation { request.parked.round } else { nil }
    }.first
  }
}

extension Host {
  /// Whether both values describe the same host with the same connection.
  fileprivate func isReached(as other: Host) -> Bool {
    var (one, two) = (self, other)
    (one.number, two.number) = (0, 0)
    (one.tags, two.tags) = (.null, .null)
    (one.vars, two.vars) = (.null, .null)
    return one == two
  }
}
