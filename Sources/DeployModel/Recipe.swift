/// How one application is deployed. Functions of the recipe are represented by numbers.
package struct Recipe: Sendable, Hashable, Codable {
  package var name: String
  package var application: String
  package var revision: Revision?
  /// The group that gets the revision: the name of a group, or a group that the recipe itself declares.
  package var targets: Targets
  /// The names of the partner groups. A name can occur twice.
  package var partners: [String]
  /// The configuration of the deployments, or nil for the default bounds.
  package var configuration: DeploymentConfiguration?
  package var placement: Placement
  package var user: String?
  package var parameters: [Parameter]
  package var flow: Flow
  /// The secrets that the recipe's code names literally. The rehearsal might find more.
  package var secrets: [String]
  /// The options of the appspec file that installs the bundles, or nil if Lander installs them.
  package var appspec: AppSpecOptions?
  /// The windows in which the recipe deploys nothing.
  package var freeze: [FreezeWindow] = []
  /// The alarm that follows once a deployment has succeeded, or nil if there is none.
  package var alarm: Alarm?
  package var tasks: [NamedTask] = []
  /// The task that runs instead of a deployment, or nil if the recipe does not run a task.
  package var task: NamedTask?
  /// The required parameters of a task's recipe that the caller is allowed to omit, because the deployed release has values for them.
  package var inherited: [Parameter] = []
  /// The removal that runs instead of a deployment, or nil if the recipe does not remove its application.
  package var removal: Removal?
  package var place: SourcePlace?
  /// For `lander show`, the name of each field and where its value comes from.
  package var origins: [Value.Member]

  package enum Targets: Sendable, Hashable, Codable {
    case group(String)
    case hosts(DeploymentGroup)
    case unset
  }

  /// The functions that run, by their numbers: stages, hooks, and what follows a success or a failure.
  package struct Flow: Sendable, Hashable, Codable {
    package var stages: [Stage]
    /// The hooks, in the order in which they run. For one event, the base recipe's hooks come before the recipe's own hooks.
    package var hooks: [Hook]
    package var onFailure: [Int]
    package var onSuccess: [Int]
    /// Whether a failed host returns to its previous release, and whether a failed deployment rolls its hosts back.
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
