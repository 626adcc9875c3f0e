/// All that a project's `deploy.lua` declares; the product of the description phase.
package struct Project: Sendable, Hashable, Codable {
  package var recipes: [Recipe]
  package var groups: [DeploymentGroup]
  package var configurations: [DeploymentConfiguration]
  /// Every source that was read, in the order of paths: deploy.lua, plugins, shipped recipes and strategies, the prelude.
  package var sources: [SourceFile]
  /// What deserves a look though nothing is wrong.
  package var warnings: [Problem]
  package init(
    recipes: [Recipe] = [], groups: [DeploymentGroup] = [], configurations: [DeploymentConfiguration] = [], sources: [SourceFile] = [],
    warnings: [Problem] = []
  ) {
    self.recipes = recipes
    self.groups = groups
    self.configurations = configurations
    self.sources = sources
    self.warnings = warnings
  }
}

/// What a deployment of one application is: data, and numbers of functions where something happens.
package struct Recipe: Sendable, Hashable, Codable {
  package var name: String
  package var application: String
  package var revision: Revision?
  /// Names of groups, or one unnamed group defined in place.
  package var targets: Targets
  /// A configuration's name, one in place, or nil: the default bounds.
  package var configuration: DeploymentConfiguration?
  /// Where releases live on hosts.
  package var path: String
  package var shared: [String]
  package var keep: Int
  package var reuse: Reuse
  package var user: String?
  package var parameters: [Parameter]
  package var stages: [Stage]
  /// In the order in which they run: of one event, the base's before the recipe's own.
  package var hooks: [Hook]
  package var onFailure: [Int]
  package var onSuccess: [Int]
  /// Whether a host that fails goes back to its previous release, and a failed deployment with it.
  package var rollback: Bool
  /// Secrets its code names literally; the rehearsal may find more.
  package var secrets: [String]
  /// Set where bundles are installed by the appspec file they hold.
  package var appspec: AppSpecOptions?
  package var place: SourcePlace?
  /// Where each field came from, for `lander show`: field name and source.
  package var origins: [Value.Member]

  package enum Targets: Sendable, Hashable, Codable {
    case group(String)
    case hosts(DeploymentGroup)
    case unset
  }
  package enum Reuse: String, Sendable, Hashable, Codable { case copy, link }

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
    configuration: DeploymentConfiguration? = nil, path: String, shared: [String] = [], keep: Int = 5, reuse: Reuse = .copy,
    user: String? = nil, parameters: [Parameter] = [], stages: [Stage] = [.upload, .rollout(nil)], hooks: [Hook] = [],
    onFailure: [Int] = [], onSuccess: [Int] = [], rollback: Bool = true, secrets: [String] = [],
    appspec: AppSpecOptions? = nil, place: SourcePlace? = nil, origins: [Value.Member] = []
  ) {
    self.name = name
    self.application = application ?? name
    self.revision = revision
    self.targets = targets
    self.configuration = configuration
    self.path = path
    self.shared = shared
    self.keep = keep
    self.reuse = reuse
    self.user = user
    self.parameters = parameters
    self.stages = stages
    self.hooks = hooks
    self.onFailure = onFailure
    self.onSuccess = onSuccess
    self.rollback = rollback
    self.secrets = secrets
    self.appspec = appspec
    self.place = place
    self.origins = origins
  }
}

/// What is to be deployed: where it comes from and how it is made.
package struct Revision: Sendable, Hashable, Codable {
  package enum Source: Sendable, Hashable, Codable {
    /// A directory, or a tar, tgz or zip file (told by content, not by name), relative to the project.
    case path(String)
    /// A ref of the local git repository at `repository` (relative to the project).
    case git(ref: String, repository: String)
  }
  package var source: Source
  /// Run on the engine machine before the source is read.
  package var build: String?
  package var ignore: [String]
  /// Of a commit: the folder in it that is packed, relative to the repository's folder; nil: all of it.
  package var folder: String?
  /// Whether links may lead out of it: where it is installed by an appspec file, links to files are made on hosts as they stand, and
  /// those to folders elsewhere are refused there.
  package var linksLeave: Bool?
  package var place: SourcePlace?
  package init(source: Source, build: String? = nil, ignore: [String] = [], folder: String? = nil, place: SourcePlace? = nil) {
    self.source = source
    self.build = build
    self.ignore = ignore
    self.folder = folder
    self.place = place
  }
}

/// One part of a deployment; stages run in order.
package enum Stage: Sendable, Hashable, Codable {
  /// Stages the release on every host.
  case upload
  /// Takes the hosts through their lifecycle, wave by wave; nil: all at once.
  case rollout(Strategy?)
  /// A function that runs once.
  case script(name: String, summary: String, function: Int, when: Int?, place: SourcePlace?)

  package var name: String {
    switch self {
    case .upload: "upload"
    case .rollout: "rollout"
    case .script(let name, _, _, _, _): name
    }
  }
}

/// A strategy bound to its options: a Lua function that yields decisions.
package struct Strategy: Sendable, Hashable, Codable {
  package var name: String
  package var function: Int
  package var options: Value
  /// How many hosts a wave takes at most, where the strategy says so; the default floor follows from it.
  package var batch: Amount?
  /// Where its function is defined.
  package var place: SourcePlace?
  /// How it moves traffic between pools; nil: it does not.
  package var traffic: TrafficAdapter?
  package init(
    name: String, function: Int, options: Value = .record([]), batch: Amount? = nil, place: SourcePlace? = nil,
    traffic: TrafficAdapter? = nil
  ) {
    self.traffic = traffic
    self.place = place
    self.name = name
    self.function = function
    self.options = options
    self.batch = batch
  }
}
