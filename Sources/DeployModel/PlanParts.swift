/// The parts of a plan. Each part answers one question about the deployment.
extension Plan {
  package enum Kind: Sendable, Hashable, Codable {
    case deploy
    /// Rolls hosts back after this deployment failed. Nil if somebody requested the rollback.
    case rollback(of: Deployment.ID?)
    /// Runs a task of the recipe on hosts, which keep their release.
    case task(HostTask)
    /// Removes the application from its hosts.
    case remove(Removal)

    /// Whether the plan returns hosts to an earlier release.
    package var isRollback: Bool { if case .rollback = self { true } else { false } }
    /// The task, or nil if the plan runs no task.
    package var task: HostTask? { if case .task(let task) = self { task } else { nil } }
    /// The removal, or nil if the plan does not remove the application.
    package var removal: Removal? { if case .remove(let removal) = self { removal } else { nil } }
    /// Whether the plan brings hosts to a release, whether newer or older.
    package var leadsToRelease: Bool { task == nil && removal == nil }
  }

  /// Which deployment this is: who planned it, when and with which engine.
  package struct Origin: Sendable, Hashable {
    package let id: Deployment.ID
    package let kind: Kind
    /// Who planned the deployment: `user@machine`, or `kim via user@machine` if the caller or the CI system names a person.
    package let actor: String
    package let at: Timestamp
    /// The time that the deployment's receipts state. It is later than the time of every existing receipt on the hosts, even if this
    /// machine's clock is slow. Nil means `at`.
    package let receiptsAt: Timestamp?
    /// For hosts that join, the time at which the group got the revision, or nil for the time that the receipts state.
    package let receiptsInstalledAt: Timestamp?
    /// The version of Lander that made the plan.
    package let engine: String
    /// The seed of the recipe's `math.random`.
    package let seed: UInt64
    /// Who asked for the deployment, why and from where, or nil if unknown, as in plans of older versions.
    package let provenance: Provenance?

    package init(
      id: Deployment.ID, kind: Kind = .deploy, actor: String, at: Timestamp, engine: String, seed: UInt64 = 0,
      provenance: Provenance? = nil, receiptsAt: Timestamp? = nil, receiptsInstalledAt: Timestamp? = nil
    ) {
      self.receiptsAt = receiptsAt
      self.receiptsInstalledAt = receiptsInstalledAt
      self.id = id
      self.kind = kind
      self.actor = actor
      self.at = at
      self.engine = engine
      self.seed = seed
      self.provenance = provenance
    }
  }

  /// The time that the deployment's receipts state. It determines the order of a host's receipts, which shows what ran before.
  package var receiptTime: Timestamp { origin.receiptsAt ?? origin.at }

  /// The names of the application, recipe and group, and the deployment's parameters.
  package struct Subject: Sendable, Hashable {
    package let application: String
    package let recipe: String
    package let group: String
    package let parameters: Value
    /// The options that were typed besides the recipe and the group, or nil if there were none or an older version made the plan.
    package let typed: TypedOptions?

    package init(application: String, recipe: String, group: String, parameters: Value = .record([]), typed: TypedOptions? = nil) {
      self.typed = typed
      self.application = application
      self.recipe = recipe
      self.group = group
      self.parameters = parameters
    }
  }

  /// The revision that hosts get, and the recipes whose hooks run on them.
  package struct Content: Sendable, Hashable {
    /// The bundle, or nil for a rollback, because its hosts already have the releases that they go back to.
    package let bundle: Bundle?
    package let release: Release?
    /// The recipes whose hooks run on hosts. Index 0 is the project's own recipe. Hosts kept the other recipes with their releases.
    package let recipes: [PinnedRecipe]
    /// The inputs that are compared with those of a host's receipt, to find out whether the host has to change (P10 in docs/promises.md).
    package let inputs: Receipt.Inputs
    /// The names of the secrets that the deployment needs: those that the recipe names, and those that the rehearsal found.
    package let secrets: [String]

    package init(
      bundle: Bundle? = nil, release: Release? = nil, recipes: [PinnedRecipe], inputs: Receipt.Inputs, secrets: [String] = []
    ) {
      self.bundle = bundle
      self.release = release
      self.recipes = recipes
      self.inputs = inputs
      self.secrets = secrets
    }
  }

  /// The stages in order, and what happens after a success and after a failure.
  package struct Flow: Sendable, Hashable {
    package let stages: [Stage]
    package let onFailure: [Body]
    package let onSuccess: [Body]
    /// Whether hosts are restored when they fail, and rolled back when the deployment fails.
    package let rollback: Bool
    /// Whether the deployment's receipts are on trial until it has succeeded. Nil in plans of older versions, whose receipts are good
    /// immediately.
    package let trial: Bool?
    /// Whether releases are pruned after all hosts have succeeded and before the locks are released (P7 in docs/promises.md). Nil in plans
    /// of older versions, in which each host prunes at the end of its own part.
    package let prunesLast: Bool?
    /// Whether the journal records when a host leaves the service and when it joins the service again. Nil in plans of older versions,
    /// which do not record this.
    package let tracksService: Bool?
    /// The times in which no wave is allowed to begin, or nil if the recipe has no freeze window.
    package let freeze: Freeze.Rule?
    /// The version of the core's rules for this deployment, or nil for the rules before version 1. The rest of a journal follows from its
    /// plan by these rules, so a deployment keeps the rules of the engine that began it.
    package let rules: Rules?
    /// For a rollback of a group with slots, the deployment that the recipe's strategy reverses. Nil for other plans.
    package let undoes: Deployment.ID?
    /// For a plan that adds hosts to the group, the deployment that brought the group's revision. Nil if no hosts join.
    package let joins: Deployment.ID?
    /// For a plan that brings the group's revision to missing hosts, the deployment that brought that revision to the group. The hosts
    /// change in growing waves, no matter which strategy the recipe has. Nil means that the plan is not for missing hosts.
    package let missing: Deployment.ID?
    /// An irreversible stage that keeps every host from going back. It began after the hosts had got the release to which they would
    /// otherwise go back. Nil if there is none.
    package let behind: String?
    /// The alarm that follows once the deployment has succeeded, or nil if there is none.
    package let alarm: Alarm?

    /// The versions of the core's rules. Each change of the rules adds a version, which includes all earlier ones.
    package enum Rules: Int, Sendable, Hashable, Codable {
      /// A pause delays the requests of scripts. Each check without an answer counts. An answer names its gate.
      case first = 1
      /// Checks of different hosts do not wait for each other, and each check has its own time limit. The checks include ready hosts that
      /// run the release.
      case second = 2
      /// If a host is lost before any host has succeeded, the deployment stops, as if the host had failed. A rollout without a strategy
      /// begins with hosts that do not serve, because changing them takes no host out of service.
      case third = 3
      /// An analysis finds a release good only if each canary and its twin were measured at the same time in at least half of the rounds of
      /// measurements. An analysis refuses a margin with an unsuitable unit. A rejection in a host's inbox takes precedence over the
      /// approval of the person who resumes a parked deployment.
      case fourth = 4
      /// The engine is allowed to repeat the operations of a traffic adapter, because reading or setting weights twice has the same effect
      /// as doing it once.
      case fifth = 5
      /// The engine reads the traffic before slots are stopped, before and after a shift, and again after an interruption. It moves no
      /// traffic to a slot that did not get the release.
      case sixth = 6
      /// Due stages run although no host changes. If a stage is cancelled after one of its commands has succeeded or might have succeeded,
      /// the stage's outcome is unknown. If the deployment moved traffic, the engine reads the traffic once more before the deployment
      /// ends. A host whose removal failed before anything was removed is started again.
      case seventh = 7
      /// Hosts record that a stage was undone. A stage does not run anything in a release folder that does not exist yet.
      case eighth = 8
      /// An approval gate can require one or more signatures. The undo of a stage runs in the release for which the stage ran, and a failed
      /// host keeps that release until the undo has run.
      case ninth = 9
      /// A slot that keeps its release deletes its record of an earlier deployment that was interrupted there.
      case tenth = 10
      /// The undo of a stage runs on a host that leaves the stage's release or has run it, and not on a host that has nothing.
      case eleventh = 11
      /// If the host on which a stage would be undone is lost before the undo begins, another host that has run the release takes its
      /// place. If a deployment gets many messages that answer nothing, it says what happens at the limit.
      case twelfth = 12

      /// The version for new plans.
      package static let newest = Rules.twelfth

      /// Whether checks of different hosts are independent, so that they do not wait for each other.
      package var checksAlone: Bool { rawValue >= Rules.second.rawValue }
      /// Whether a host that becomes unreachable while it is being changed counts against the release.
      package var hearsLosses: Bool { rawValue >= Rules.third.rawValue }
      /// Whether missing measurements count in an analysis.
      package var countsGaps: Bool { rawValue >= Rules.fourth.rawValue }
      /// Whether a rejection takes precedence over an approval that arrives together with the rejection.
      package var hearsRefusalsFirst: Bool { rawValue >= Rules.fourth.rawValue }
      /// Whether the engine repeats a traffic adapter's call if the outcome of the call is unknown.
      package var repeatsTraffic: Bool { rawValue >= Rules.fifth.rawValue }
      /// Whether the engine reads the traffic again before it relies on an earlier reading.
      package var readsTrafficAnew: Bool { rawValue >= Rules.sixth.rawValue }
      /// Whether due stages run although no host changes.
      package var runsDueStages: Bool { rawValue >= Rules.seventh.rawValue }
      /// Whether the outcome of a stage that was cancelled between its commands counts as unknown.
      package var doubtsCancelled: Bool { rawValue >= Rules.seventh.rawValue }
      /// Whether the engine reads the traffic once more before the deployment ends, if the deployment moved traffic.
      package var readsTrafficLast: Bool { rawValue >= Rules.seventh.rawValue }
      /// Whether a host is started again if its removal failed before anything was removed.
      package var restartsUnremoved: Bool { rawValue >= Rules.seventh.rawValue }
      /// Whether hosts record that a stage was undone. If false, they delete the stage's mark.
      package var remembersUndone: Bool { rawValue >= Rules.eighth.rawValue }
      /// Whether a stage gets an error when it uses the release on a host that does not have the release yet.
      package var missesReleases: Bool { rawValue >= Rules.eighth.rawValue }
      /// Whether the undo of a stage runs in the folder of the release for which the stage ran. If false, the undo runs in the folder of
      /// the release to which hosts go back.
      package var undoesInPlace: Bool { rawValue >= Rules.ninth.rawValue }
      /// Whether a slot that keeps its release deletes its record of an earlier deployment that was interrupted there.
      package var forgetsKept: Bool { rawValue >= Rules.tenth.rawValue }
      /// Whether the targets of an undo begin with the hosts that have the release. If false, they are in the order of the hosts.
      package var undoesWhereReleaseIs: Bool { rawValue >= Rules.eleventh.rawValue }
      /// Whether another host takes the place of a host that is lost before it undoes a stage.
      package var undoesElsewhere: Bool { rawValue >= Rules.twelfth.rawValue }
      /// Whether the deployment says that it got almost as many messages as it can hear.
      package var warnsOfMessages: Bool { rawValue >= Rules.twelfth.rawValue }
      /// Whether a rollout without a strategy takes hosts in the plan's order. If false, it takes them in the order of their numbers.
      package var keepsOrder: Bool { rawValue >= Rules.third.rawValue }
    }

    /// The strategy of the rollout stage, or nil if the recipe has none.
    package var strategy: Strategy? { stages.lazy.compactMap { if case .rollout(let strategy) = $0 { strategy } else { nil } }.first }

    /// Whether hosts are rolled back after a failure, as far as the plan can tell: the recipe allows this, and no irreversible stage
    /// prevents it.
    package var goesBack: Bool { rollback && behind == nil }

    /// Whether on_success and on_failure have a time limit. They have a limit in plans of versions that track the service.
    package var boundsNotices: Bool { tracksService == true }

    package init(
      stages: [Stage], onFailure: [Body] = [], onSuccess: [Body] = [], rollback: Bool = true, trial: Bool? = nil, prunesLast: Bool? = nil,
      tracksService: Bool? = nil, rules: Rules? = nil, freeze: Freeze.Rule? = nil, undoes: Deployment.ID? = nil,
      behind: String? = nil, joins: Deployment.ID? = nil, missing: Deployment.ID? = nil, alarm: Alarm? = nil
    ) {
      self.alarm = alarm
      self.behind = behind
      self.joins = joins
      self.missing = missing
      self.freeze = freeze
      self.undoes = undoes
      self.stages = stages
      self.onFailure = onFailure
      self.onSuccess = onSuccess
      self.rollback = rollback
      self.trial = trial
      self.prunesLast = prunesLast
      self.tracksService = tracksService
      self.rules = rules
    }
  }
}
