/// The description of deployments of one application: data, and numbers of functions.
package struct Recipe: Sendable, Hashable, Codable {
  package var name: String
  package var application: String
  package var revision: Revision?
  /// Names of groups, or one unnamed group defined in place.
  package var targets: Targets
  /// Names of the groups of partners; a name may occur twice.
  package var partners: [String]
  /// A configuration's name, one in place, or nil: the default bounds.
  package var configuration: DeploymentConfiguration?
  package var placement: Placement
  package var user: String?
  package var parameters: [Parameter]
  package var flow: Flow
  /// Secrets its code names literally; the rehearsal may find more.
  package var secrets: [String]
  /// Set where bundles are installed by the appspec file they hold.
  package var appspec: AppSpecOptions?
  /// The windows in which nothing of the recipe is deployed.
  package var freeze: [FreezeWindow] = []
  /// The alarm after a deployment has succeeded; nil: none.
  package var alarm: Alarm?
  package var tasks: [NamedTask] = []
  /// The task that runs instead of a deployment; nil: the recipe deploys.
  package var task: NamedTask?
  /// Parameters of a task's recipe without a default that need not be given, because the release was deployed with values for them.
  package var inherited: [Parameter] = []
  /// The removal that runs instead of a deployment; nil: the recipe deploys.
  package var removal: Removal?
  package var place: SourcePlace?
  /// Where each field came from, for `lander show`: field name and source.
  package var origins: [Value.Member]

  package enum Targets: Sendable, Hashable, Codable {
    case group(String)
    case hosts(DeploymentGroup)
    case unset
  }

  /// What runs, by numbers of functions, and what follows from the end.
  package struct Flow: Sendable, Hashable, Codable {
    package var stages: [Stage]
    /// In the order in which they run: of one event, the base's hooks come before the recipe's own.
    package var hooks: [Hook]
    package var onFailure: [Int]
    package var onSuccess: [Int]
    /// Whether a host that fails goes back to its previous release, and a failed deployment with it.
    package var rollback: Bool

    package init(
      stages: [Stage] = [.upload, .rollout(nil)], hooks: [Hook] = [], onFailure: [Int] = [], onSuccess: [Int] = [], rollback: Bool = true
    ) {
      self.stages = stages
      self.hooks = hooks
      self.onFailure = onFailure
      self.onSuccess = onSuccess
      self.rollback = rollback
    }
  }

  package struct Hook: Sendable, Hashable, Codable {
    package var event: LifecycleEvent
    package var function: Int
    package var place: SourcePlace?
    package init(event: LifecycleEvent, function: Int, place: SourcePlace? = nil) {
      self.event = event
      self.function = function
      self.place = place
    }
  }

  package init(
    name: String, application: String? = nil, revision: Revision? = nil, targets: Targets = .unset,
    configuration: DeploymentConfiguration? = nil, placement: Placement, user: String? = nil, parameters: [Parameter] = [],
    flow: Flow = Flow(), secrets: [String] = [], appspec: AppSpecOptions? = nil, place: SourcePlace? = nil, origins: [Value.Member] = [],
    partners: [String] = []
  ) {
    self.name = name
    self.application = application ?? name
    self.revision = revision
    self.targets = targets
    self.configuration = configuration
    self.placement = placement
    self.user = user
    self.parameters = parameters
    self.flow = flow
    self.secrets = secrets
    self.appspec = appspec
    self.place = place
    self.origins = origins
    self.partners = partners
  }
}
