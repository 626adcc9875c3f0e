package import DeployCore
package import DeployModel

/// A sequence of deployments: the requested one and, if it fails, the rollback that follows.
package actor Deployments {
  private let ports: Ports
  private let feed: Feed
  private let recipes: any RecipeLibrary
  private let staying: Staying
  private let identity: @Sendable () -> Planner.Identity
  private var current: (deployer: Deployer, plan: Plan)?
  private var cancelReason: String?
  private var detached = false

  /// - Parameters:
  ///   - staying: how long an engine stays at a gate that waits for a person.
  ///   - identity: creates a new identity for each plan.
  package init(
    ports: Ports, feed: Feed, recipes: any RecipeLibrary, staying: Staying = .always, identity: @escaping @Sendable () -> Planner.Identity
  ) {
    self.staying = staying
    self.ports = ports
    self.feed = feed
    self.recipes = recipes
    self.identity = identity
  }

  /// A deployment that ended, or that the engine stopped running before its end. In the second case, the conclusion is nil.
  package struct Ended: Sendable, Hashable {
    package var plan: Plan
    package var conclusion: Conclusion?
    /// Whether the deployment is parked.
    package var isParked = false
    package init(plan: Plan, conclusion: Conclusion?, isParked: Bool = false) {
      self.plan = plan
      self.conclusion = conclusion
      self.isParked = isParked
    }
  }

  /// Runs a plan.
  /// - Returns: the deployments that ended, in order: this deployment and its rollback, if there was one.
  package func deploy(_ plan: Plan) async throws -> [Ended] {
    // Without the claim, other processes would think that the deployment was interrupted, and would resume it at the same time.
    guard let claim = try ports.journal.claim(plan.id) else {
      throw Failure(.locked, "deployment \(plan.id) is run by another process of this machine")
    }
    defer { claim.release() }
    return try await follow(
      try Deployer(plan: plan, ports: ports, feed: feed, staying: staying, scripts: try await scripts(for: plan)), plan)
  }

  /// Resumes an interrupted deployment, and runs the rollback that follows if it fails.
  /// - Parameters:
  ///   - entries: the deployment's whole journal. The caller read it under a claim, and must hold this claim until the function returns.
  ///   - message: the first message for the deployment, or nil if there is none.
  /// - Throws: `Problems` if the requests of the sources differ from the requests in the journal.
  package func resume(_ entries: [Entry], saying message: Message? = nil) async throws -> [Ended] {
    guard case .planned(let plan)? = entries.first?.fact else {
      throw Failure(.store, "the journal of this deployment has no entry 0, so nothing says what was planned", fix: "lander audit")
    }
    let scripts = try await scripts(for: plan)
    let deployer: Deployer
    do {
      deployer = try Deployer(
        plan: plan, resuming: entries, claim: identity().token, ports: ports, feed: feed, staying: staying, saying: message,
        scripts: scripts)
    } catch let divergence as Recovery.Divergence {
      throw Problems(divergence.problem(in: plan), exit: .refused)
    }
    return try await follow(deployer, plan)
  }

  /// The answer to a request to cancel.
  package enum Reply: Sendable, Hashable {
    /// The deployment ends in an orderly way, or ends before it has begun.
    case ending
    /// This rollback is running, and continues until it has ended.
    case goingBack(Deployment.ID)
  }

  /// Cancels the deployment in an orderly way. A rollback after a failure is never cancelled, because half a rollback is the worst state.
  @discardableResult
  package func cancel(reason: String) async -> Reply {
    guard let current else {
      cancelReason = reason
      return .ending
    }
    if case .rollback(of: _?) = current.plan.kind { return .goingBack(current.plan.id) }
    await current.deployer.cancel(reason: reason)
    return .ending
  }

  /// The running rollback that follows a failed or cancelled deployment, or nil if none is running.
  package var goingBack: Deployment.ID? {
    if let current, case .rollback(of: _?) = current.plan.kind { current.plan.id } else { nil }
  }

  /// Ends the engine without ending the deployment: jobs on hosts continue, and the deployment can be resumed.
  package func detach() async {
    detached = true
    await current?.deployer.detach()
  }

  private func follow(_ deployer: Deployer, _ plan: Plan) async throws -> [Ended] {
    current = (deployer, plan)
    defer { current = nil }
    if let cancelReason { await cancel(reason: cancelReason) }
    if detached { await deployer.detach() }
    let conclusion = try await deployer.run()
    let ended = Ended(plan: plan, conclusion: conclusion, isParked: conclusion == nil ? await deployer.isParked : false)
    guard let conclusion, !detached, let back = RollbackPlanner.plan(after: plan, conclusion, by: identity()) else { return [ended] }
    // A cancellation that arrives between the two deployments concerns the rollback.
    current = (deployer, back)
    return [ended] + (try await deploy(back))
  }

  private func scripts(for plan: Plan) async throws -> @Sendable (Plan) throws -> any Scripts {
    var sources: [[SourceFile]] = []
    for recipe in plan.content.recipes { sources.append(try await ports.bundles.sources(recipe.sources)) }
    let (recipes, pinned) = (recipes, sources)
    return { plan in try recipes.scripts(of: plan, sources: pinned) }
  }
}

/// Loads recipes from their sources and from nothing else.
package protocol RecipeLibrary: Sendable {
  /// Returns the scripts of a plan.
  /// - Parameter sources: the sources of each of the plan's recipes, by index.
  /// - Throws: `Problems`.
  func scripts(of plan: Plan, sources: [[SourceFile]]) throws -> any Scripts
  /// Returns a recipe as its sources declare it.
  /// - Throws: `Problems`.
  func recipe(named name: String, in sources: [SourceFile]) throws -> Recipe
}
