/// The parts of a plan, each named for the question it answers.
extension Plan {
  package enum Kind: Sendable, Hashable, Codable {
    case deploy
    /// Goes back after this deployment failed; nil: somebody asked for the rollback.
    case rollback(of: Deployment.ID?)
    /// Runs a task of the recipe: hosts keep the release that they have.
    case task(HostTask)
    /// Takes the application off its hosts.
    case remove(Removal)

    /// Whether hosts go back to what they ran before.
    package var isRollback: Bool { if case .rollback = self { true } else { false } }
    /// The task; nil: the plan runs no task.
    package var task: HostTask? { if case .task(let task) = self { task } else { nil } }
    /// The removal; nil: the plan does not remove the application.
    package var removal: Removal? { if case .remove(let removal) = self { removal } else { nil } }
    /// Whether the plan takes hosts forward or back to a release.
    package var leadsToRelease: Bool { task == nil && removal == nil }
  }

  /// Which deployment this is: who planned it, when and with which engine.
  package struct Origin: Sendable, Hashable {
    package let id: Deployment.ID
    package let kind: Kind
    /// `user@machine`, or `kim via user@machine` if the caller or the CI system names somebody.
    package let actor: String
    package let at: Timestamp
    /// The time in the deployment's receipts: later than every receipt on its hosts, whatever this machine's clock says; nil: `at`.
    package let receiptsAt: Timestamp?
    /// For hosts that join: when the group got the revision; nil: the receipts' own time.
    package let receiptsInstalledAt: Timestamp?
    /// Lander's version.
    package let engine: String
    /// The seed of the recipe's `math.random`.
    package let seed: UInt64
    /// Who asked for it, why and from where; nil: unknown, as in plans of older versions.
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

  /// The time in the deployment's receipts. Any machine compares receipts by it to find what ran before.
  package var receiptTime: Timestamp { origin.receiptsAt ?? origin.at }

  /// The names of what is deployed, and where.
  package struct Subject: Sendable, Hashable {
    package let application: String
    package let recipe: String
    package let group: String
    package let parameters: Value
    /// The typed options besides recipe and group; nil: none, as in plans of older versions.
    package let typed: TypedOptions?

    package init(application: String, recipe: String, group: String, parameters: Value = .record([]), typed: TypedOptions? = nil) {
      self.typed = typed
      self.application = application
      self.recipe = recipe
      self.group = group
      self.parameters = parameters
    }
  }

  /// The revision for the hosts, and the recipes that take them there.
  package struct Content: Sendable, Hashable {
    /// The bundle; nil for a rollback, whose hosts have their goals already.
    package let bundle: Bundle?
    package let release: Release?
    /// The recipes whose hooks run on hosts. 0 is the project's own recipe; hosts kept the others with their releases.
    package let recipes: [PinnedRecipe]
    /// The inputs that promise P10 compares.
    package let inputs: Receipt.Inputs
    /// Names of the secrets that the deployment needs: those in the recipe and those that the rehearsal found.
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

  /// The stages in their order, and what follows from the end.
  package struct Flow: Sendable, Hashable {
    package let stages: [Stage]
    package let onFailure: [Body]
    package let onSuccess: [Body]
    /// Whether failing hosts and a failed deployment go back.
    package let rollback: Bool
    /// Whether the deployment's receipts are on trial until it has succeeded; nil in plans of older versions: they are good at once.
    package let trial: Bool?
    /// Whether releases are pruned after all hosts have succeeded, before the locks are given back (promise P7); nil in plans of older
    /// versions: each host prunes in its own turn.
    package let prunesLast: Bool?
    /// Whether the journal records when a host leaves and joins the service; nil in plans of older versions: it does not.
    package let tracksService: Bool?
    /// The times at which no wave begins; nil: the recipe has no freeze window.
    package let freeze: Freeze.Rule?
    /// The rules for pauses, looks and answers; nil: the rules of older versions. The rest of a journal follows from its plan, so a
    /// deployment keeps the rules of the version that began it.
    package let rules: Rules?
    /// For a rollback of a group with slots: the deployment that is taken back by the recipe's strategy; nil: none.
    package let undoes: Deployment.ID?
    /// The deployment that brought the revision, for hosts that join the group; nil: no hosts join.
    package let joins: Deployment.ID?
    /// The deployment that brought the revision, for hosts that lack it. They change in growing waves, whatever strategy the recipe has.
    /// Nil: the deployment is not for missing hosts.
    package let missing: Deployment.ID?
    /// An irreversible stage that began after the hosts got the release that they would go back to, so that nothing goes back; nil: there
    /// is none.
    package let behind: String?
    /// The alarm after the deployment has succeeded; nil: none.
    package let alarm: Alarm?

    /// Each added rule raises the number.
    package enum Rules: Int, Sendable, Hashable, Codable {
      /// A pause holds the requests of scripts. Each look without an answer counts. An answer names its gate.
      case first = 1
      /// Looks at different hosts do not wait for each other, and each look has its own time. Looks include ready hosts that run the
      /// release.
      case second = 2
      /// If a host is lost before any host has succeeded, the deployment stops, as if a host had failed. A rollout without a strategy first
      /// changes hosts that do not serve, because no host has to leave the service for that.
      case third = 3
      /// An analysis finds a release good only if each canary and its twin were measured at the same time in at least half of the looks.
      /// It refuses a margin whose unit does not fit. A rejection that lies on hosts wins over the approval of the person who resumes the
      /// deployment.
      case fourth = 4
      /// The operations of a traffic adapter may run again: reading or setting weights twice has the same effect as once.
      case fifth = 5
      /// The traffic is read before slots are stopped, before and after a shift, and again after an interruption. No traffic moves to a
      /// slot that did not get the release.
      case sixth = 6
      /// Stages that are still due run although no host changes. If a stage is cancelled after one of its commands succeeded, or may have,
      /// its end is unknown. Traffic that the deployment moved is read once more before the end. A host whose removal failed before it took
      /// anything away is started again.
      case seventh = 7
      /// Hosts remember that a stage was undone. A stage runs nothing in a release folder that is not there yet.
      case eighth = 8
      /// An approval may ask for signed answers, and for several of them. The undo of a stage runs in the release for which the stage ran,
      /// and a failed host keeps that release until then.
      case ninth = 9
      /// A slot that keeps what it has forgets that an earlier deployment was left in the middle there.
      case tenth = 10

      /// The rules of plans that are made now.
      package static let newest = Rules.tenth

      /// Whether looks at one host are independent of other hosts.
      package var looksAlone: Bool { rawValue >= Rules.second.rawValue }
      /// Whether a host that goes out of reach during its change counts against the release.
      package var hearsLosses: Bool { rawValue >= Rules.third.rawValue }
      /// Whether an analysis counts missing measurements.
      package var countsGaps: Bool { rawValue >= Rules.fourth.rawValue }
      /// Whether a rejection comes before a competing approval.
      package var hearsRefusalsFirst: Bool { rawValue >= Rules.fourth.rawValue }
      /// Whether calls of a traffic adapter are repeated if their end is unknown.
      package var repeatsTraffic: Bool { rawValue >= Rules.fifth.rawValue }
      /// Whether the traffic is read again before anything relies on an earlier reading.
      package var readsTrafficAnew: Bool { rawValue >= Rules.sixth.rawValue }
      /// Whether stages that are due run although no host changes.
      package var runsDueStages: Bool { rawValue >= Rules.seventh.rawValue }
      /// Whether a stage that was cancelled between its commands has an unknown end.
      package var doubtsCancelled: Bool { rawValue >= Rules.seventh.rawValue }
      /// Whether traffic that was moved is read once more before the end.
      package var readsTrafficLast: Bool { rawValue >= Rules.seventh.rawValue }
      /// Whether a host from which nothing was removed is started again.
      package var restartsUnremoved: Bool { rawValue >= Rules.seventh.rawValue }
      /// Whether hosts remember that a stage was undone, instead of forgetting it.
      package var remembersUndone: Bool { rawValue >= Rules.eighth.rawValue }
      /// Whether a stage learns that a host does not have the release yet.
      package var missesReleases: Bool { rawValue >= Rules.eighth.rawValue }
      /// Whether an undo runs in the release for which the stage ran.
      package var undoesInPlace: Bool { rawValue >= Rules.ninth.rawValue }
      /// Whether a slot that keeps what it has forgets an earlier deployment's trouble.
      package var forgetsKept: Bool { rawValue >= Rules.tenth.rawValue }
      /// Whether a rollout without a strategy takes hosts in the plan's order instead of by number.
      package var keepsOrder: Bool { rawValue >= Rules.third.rawValue }
    }

    /// The strategy of the rollout; nil: there is none.
    package var strategy: Strategy? { stages.lazy.compactMap { if case .rollout(let strategy) = $0 { strategy } else { nil } }.first }

    /// Whether failing hosts and a failed deployment go back, as far as the plan knows.
    package var goesBack: Bool { rollback && behind == nil }

    /// Whether on_success and on_failure have a limit: plans of versions that track the service do.
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
