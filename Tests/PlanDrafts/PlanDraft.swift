package import DeployModel

/// A plan that a test can change: every field can be set, and most fields have a default that means nothing special.
package struct PlanDraft {
  package static let digest = Digest(hex: String(repeating: "a", count: 64))

  package var id: Deployment.ID
  package var kind: Plan.Kind
  package var application: String
  package var recipe: String
  package var group: String
  package var actor: String
  package var at: Timestamp
  package var engine: String
  package var bundle: Bundle?
  package var release: Release?
  package var recipes: [PinnedRecipe]
  package var parameters: Value
  package var hosts: [HostPlan]
  package var stages: [Stage]
  package var bounds: Bounds
  package var placement: Placement
  package var onFailure: [Body]
  package var onSuccess: [Body]
  package var rollback: Bool
  package var inputs: Receipt.Inputs
  package var lock: LockRequest
  package var seed: UInt64
  package var secrets: [String]
  package var trial: Bool?
  package var prunesLast: Bool?
  package var tracksService: Bool?
  package var rules: Plan.Flow.Rules?
  package var freeze: Freeze.Rule?
  package var behind: String?
  package var alarm: Alarm?
  package var partners: [Partner]
  package var provenance: Provenance?
  package var typed: TypedOptions?

  package init(
    id: Deployment.ID = "d1", kind: Plan.Kind = .deploy, application: String = "shop", recipe: String = "web",
    group: String = "production", actor: String = "me@here", at: Timestamp = Timestamp(milliseconds: 0), engine: String = "test",
    bundle: Bundle? = nil, release: Release? = nil, recipes: [PinnedRecipe] = [PinnedRecipe(name: "web", sources: digest, hooks: [])],
    parameters: Value = .record([]), hosts: [HostPlan], stages: [Stage] = [.upload, .rollout(nil)], bounds: Bounds? = nil,
    placement: Placement = Placement(path: "/srv/shop"), onFailure: [Body] = [], onSuccess: [Body] = [], rollback: Bool = true,
    inputs: Receipt.Inputs? = nil, lock: LockRequest = LockRequest(token: "t", owner: "me@here", purpose: "deploy web", fence: 2),
    seed: UInt64 = 0, secrets: [String] = [], trial: Bool? = nil, prunesLast: Bool? = nil, tracksService: Bool? = nil,
    rules: Plan.Flow.Rules? = nil, partners: [Partner] = [], provenance: Provenance? = nil
  ) {
    self.id = id
    self.kind = kind
    self.application = application
    self.recipe = recipe
    self.group = group
    self.actor = actor
    self.at = at
    self.engine = engine
    self.bundle = bundle
    self.release = release
    self.recipes = recipes
    self.parameters = parameters
    self.hosts = hosts
    self.stages = stages
    self.bounds = bounds ?? Bounds(floor: 0, parallel: hosts.count, failed: 0, unreachable: 0)
    self.placement = placement
    self.onFailure = onFailure
    self.onSuccess = onSuccess
    self.rollback = rollback
    self.inputs =
      inputs ?? Receipt.Inputs(bundle: Self.digest, sources: Self.digest, parameters: parameters, shared: [], secrets: [])
    self.lock = lock
    self.seed = seed
    self.secrets = secrets
    self.trial = trial
    self.prunesLast = prunesLast
    self.tracksService = tracksService
    self.rules = rules
    self.partners = partners
    self.provenance = provenance
  }

  package init(_ plan: Plan) {
    self.init(
      id: plan.id, kind: plan.kind, application: plan.subject.application, recipe: plan.subject.recipe, group: plan.subject.group,
      actor: plan.origin.actor, at: plan.origin.at, engine: plan.origin.engine, bundle: plan.content.bundle, release: plan.content.release,
      recipes: plan.content.recipes, parameters: plan.subject.parameters, hosts: plan.hosts, stages: plan.flow.stages,
      bounds: plan.bounds, placement: plan.placement, onFailure: plan.flow.onFailure, onSuccess: plan.flow.onSuccess,
      rollback: plan.flow.rollback, inputs: plan.content.inputs, lock: plan.lock, seed: plan.origin.seed, secrets: plan.content.secrets,
      trial: plan.flow.trial, prunesLast: plan.flow.prunesLast,
      tracksService: plan.flow.tracksService, rules: plan.flow.rules, partners: plan.partners, provenance: plan.origin.provenance)
    (freeze, behind, typed, alarm) = (plan.flow.freeze, plan.flow.behind, plan.subject.typed, plan.flow.alarm)
  }

  package var plan: Plan {
    Plan(
      origin: Plan.Origin(id: id, kind: kind, actor: actor, at: at, engine: engine, seed: seed, provenance: provenance),
      subject: Plan.Subject(application: application, recipe: recipe, group: group, parameters: parameters, typed: typed),
      content: Plan.Content(bundle: bundle, release: release, recipes: recipes, inputs: inputs, secrets: secrets), placement: placement,
      flow: Plan.Flow(
        stages: stages, onFailure: onFailure, onSuccess: onSuccess, rollback: rollback, trial: trial, prunesLast: prunesLast,
        tracksService: tracksService, rules: rules, freeze: freeze, behind: behind, alarm: alarm),
      hosts: hosts, bounds: bounds, lock: lock, partners: partners)
  }
}

extension Plan {
  /// Returns the plan with a change, which only tests may make.
  package func edited(_ change: (inout PlanDraft) -> Void) -> Plan {
    var draft = PlanDraft(self)
    change(&draft)
    return draft.plan
  }
}
