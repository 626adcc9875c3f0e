/// One run that brings a revision to hosts.
package enum Deployment {
  /// `20261121-113045-x7k2`: when it was planned (UTC) and four letters and digits.
  package typealias ID = String
}

/// The complete intention of one deployment: everything it depends on, pinned. Entry 0 of its journal.
package struct Plan: Sendable, Hashable, Codable {
  package enum Kind: Sendable, Hashable, Codable {
    case deploy
    /// Goes back after a failure of that deployment, or because somebody asked (nil).
    case rollback(of: Deployment.ID?)
  }
  package var id: Deployment.ID
  package var kind: Kind
  package var application: String
  package var recipe: String
  package var group: String
  /// `user@machine`.
  package var actor: String
  package var at: Timestamp
  package var engine: String
  package var bundle: Bundle?
  package var release: Release?
  /// The recipes hosts are taken through: 0 is the project's own; the others were kept on hosts with the releases they know.
  package var recipes: [PinnedRecipe]
  package var parameters: Value
  /// By number.
  package var hosts: [HostPlan]
  package var stages: [Stage]
  package var bounds: Bounds
  package var path: String
  package var shared: [String]
  package var keep: Int
  package var reuse: Recipe.Reuse
  package var onFailure: [Body]
  package var onSuccess: [Body]
  /// Whether failing hosts and a failed deployment go back.
  package var rollback: Bool
  package var inputs: Receipt.Inputs
  package var lock: LockRequest
  /// Feeds `math.random` of the recipe.
  package var seed: UInt64
  /// Secrets that it will need, found by rehearsal.
  package var secrets: [String]
  /// Whether its receipts are on trial until it has succeeded; nil in plans of older versions: they are good at once.
  package var trial: Bool?
  /// Whether releases are pruned when all hosts have come through, as the last thing before the locks are given back (promise P7); nil in
  /// plans of older versions: each host prunes in its own turn.
  package var prunesLast: Bool?
  /// Whether its journal tells when a host leaves and joins the service; nil in plans of older versions: it does not.
  package var tracksService: Bool?

  package init(
    id: Deployment.ID, kind: Kind = .deploy, application: String, recipe: String, group: String, actor: String, at: Timestamp,
    engine: String, bundle: Bundle? = nil, release: Release? = nil, recipes: [PinnedRecipe], parameters: Value = .record([]),
    hosts: [HostPlan], stages: [Stage], bounds: Bounds, path: String, shared: [String] = [], keep: Int = 5, reuse: Recipe.Reuse = .copy,
    onFailure: [Body] = [], onSuccess: [Body] = [], rollback: Bool = true, inputs: Receipt.Inputs, lock: LockRequest, seed: UInt64 = 0,
    secrets: [String] = [], trial: Bool? = nil, prunesLast: Bool? = nil, tracksService: Bool? = nil
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
    self.bounds = bounds
    self.path = path
    self.shared = shared
    self.keep = keep
    self.reuse = reuse
    self.onFailure = onFailure
    self.onSuccess = onSuccess
    self.rollback = rollback
    self.inputs = inputs
    self.lock = lock
    self.seed = seed
    self.secrets = secrets
    self.trial = trial
    self.prunesLast = prunesLast
    self.tracksService = tracksService
  }
}

extension Plan {
  /// The digest of what it brings to its hosts; nil for a rollback that takes them to different ones, or to nothing.
  package var revision: Digest? {
    if let bundle { return bundle.digest }
    let moving = hosts.filter { $0.action == .change }
    guard let first = moving.first?.inputs?.bundle, moving.allSatisfy({ $0.inputs?.bundle == first }) else { return nil }
    return first
  }
}

/// A recipe by its sources, with the hooks that hosts are taken through.
package struct PinnedRecipe: Sendable, Hashable, Codable {
  package var name: String
  /// Of its sources, kept in the store and on hosts under this.
  package var sources: Digest
  package var hooks: [Recipe.Hook]
  /// Set where its releases are installed by the appspec file they hold.
  package var appspec: AppSpecOptions?
  package init(name: String, sources: Digest, hooks: [Recipe.Hook], appspec: AppSpecOptions? = nil) {
    self.name = name
    self.sources = sources
    self.hooks = hooks
    self.appspec = appspec
  }
}

/// What is to happen on one host.
package struct HostPlan: Sendable, Hashable, Codable {
  package enum Action: Sendable, Hashable, Codable {
    case change
    /// The receipt says that all is already as wanted (promise P10).
    case unchanged
    /// Out of reach before the start, within the budget.
    case leftOut(Failure)
  }
  package var host: Host
  package var action: Action
  package var facts: HostFacts?
  /// What it shall run; nil: nothing (going back to before the first deployment).
  package var target: Release?
  /// The receipt of what it runs now.
  package var previous: Receipt?
  /// What it goes back to when it fails: previously current, and still on the host.
  package var current: Release.ID?
  /// The text of a link `current` that Lander did not make: it goes back to that when it fails. nil if there was none.
  package var found: String?
  /// The release that `current` names although its folder is gone: nobody can go back to it, and its hooks have no folder.
  package var lost: Release.ID?
  /// What is wrong with `current`'s release; nil if nothing is known to be.
  package var damage: ReleaseDamage?
  /// With no target: the text that its link `current` gets; nil: `current` is taken away.
  package var link: String?
  /// Indices into `Plan.recipes`: whose stop hooks take leave of what runs, whose hooks bring the target up, whose bring back the previous.
  package var leaving: Int
  package var arriving: Int
  package var restoring: Int?
  /// Whether the release has to be sent, or at least verified.
  package var stages: Bool
  /// Whether the target is what it runs, and is compared with its manifest: what differs is sent again in the host's own turn. nil: no.
  package var repairs: Bool?
  /// Whether the release was on the host before, so that going back leaves it there.
  package var present: Bool
  /// What the receipt will say it is; differs from the plan's where a host goes back to something older.
  package var inputs: Receipt.Inputs?
  /// The last good revision of the group, where what runs now is on trial: it goes back to that. nil: to what runs now.
  package var back: Receipt?
  /// For a rollback: the receipt of what it goes to, as some host of the group has it.
  package var goal: Receipt?
  /// The token of a lock whose holder is known to be gone, to take over from.
  package var inherits: String?
  /// How the secrets of its receipt compare with their values now; nil if that was not asked.
  package var secrets: SecretComparison?

  package init(
    host: Host, action: Action = .change, facts: HostFacts? = nil, target: Release?, previous: Receipt? = nil, current: Release.ID? = nil,
    leaving: Int = 0, arriving: Int = 0, restoring: Int? = nil, stages: Bool = true, present: Bool = false,
    inputs: Receipt.Inputs? = nil, back: Receipt? = nil, goal: Receipt? = nil, inherits: String? = nil, secrets: SecretComparison? = nil
  ) {
    self.host = host
    self.action = action
    self.facts = facts
    self.target = target
    self.previous = previous
    self.current = current
    self.leaving = leaving
    self.arriving = arriving
    self.restoring = restoring
    self.stages = stages
    self.present = present
    self.inputs = inputs
    self.back = back
    self.goal = goal
    self.inherits = inherits
    self.secrets = secrets
  }

  /// The same with what the survey found of `current`: a release that is gone is nothing to go back to.
  package func seeing(_ state: HostState) -> HostPlan {
    var plan = self
    plan.damage = state.damage(of: state.current)
    if case .link(let text)? = state.strange { plan.found = text }
    if plan.damage?.kind == .gone { (plan.lost, plan.current) = (state.current, nil) }
    return plan
  }

  /// The release that it goes back to when it fails: the group's last good one if what runs is on trial, else the current one, or the
  /// target itself if that is what was gone and is sent again; nil: nothing, there was none.
  package var wayBack: Release.ID? { back?.release.id ?? current ?? (lost == target?.id ? lost : nil) }

  /// Whether something runs there that a deployment takes out of service.
  package var serves: Bool { current != nil || found != nil }
  /// Whether something runs there once it has come through: the target, or another tool's release that it goes back to.
  package var willServe: Bool { target != nil || link != nil }
}

/// The configuration in numbers, for the hosts of this plan.
package struct Bounds: Sendable, Hashable, Codable {
  /// Hosts that keep serving.
  package var floor: Int
  /// Hosts in flight at once.
  package var parallel: Int
  /// Hosts that may fail, and that may be out of reach.
  package var failed: Int
  package var unreachable: Int
  package init(floor: Int, parallel: Int, failed: Int, unreachable: Int) {
    self.floor = floor
    self.parallel = parallel
    self.failed = failed
    self.unreachable = unreachable
  }
}

/// What somebody asked for, unresolved: the command line as data.
package struct DeploymentRequest: Sendable, Hashable, Codable {
  /// Nil: the only one there is.
  package var recipe: String?
  package var group: String?
  /// A path, or a git ref with `git:` before it; nil: what the recipe says.
  package var revision: String?
  /// Host names, `*` allowed; empty: all.
  package var only: [String]
  /// As typed: name and text; checked against the recipe.
  package var parameters: [Value.Member]
  package var force: Bool
  package var orphans: LockRequest.Orphans
  package init(
    recipe: String? = nil, group: String? = nil, revision: String? = nil, only: [String] = [], parameters: [Value.Member] = [],
    force: Bool = false, orphans: LockRequest.Orphans = .wait
  ) {
    self.recipe = recipe
    self.group = group
    self.revision = revision
    self.only = only
    self.parameters = parameters
    self.force = force
    self.orphans = orphans
  }
}
