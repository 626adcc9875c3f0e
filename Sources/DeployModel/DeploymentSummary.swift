/// One deployment of a journal, as a list of deployments shows it.
package struct DeploymentSummary: Sendable, Hashable {
  package enum State: Sendable, Hashable {
    /// An engine process runs the deployment and holds the claim on its journal.
    case running
    /// No engine process runs the deployment, but work is left: the deployment has not concluded, or its hosts have to be rolled back and
    /// the rollback never began. `lander resume` resumes it.
    case interrupted
    /// The deployment was interrupted. Since then, newer deployments have taken over all hosts that it still had to change or roll back, so
    /// nothing is left to resume.
    /// - Parameter by: the newest of these deployments, or nil if the hosts report that such a deployment exists, but not which one.
    case superseded(by: Deployment.ID?)
    case concluded(Conclusion.Status)
    case damaged(Damage)
  }
  package var id: Deployment.ID
  package var application: String
  package var recipe: String
  package var group: String
  package var kind: Plan.Kind
  package var actor: String
  /// The bundle, or nil if the deployment is a rollback, which sends no bundle.
  package var bundle: Digest?
  /// The number of hosts of the deployment.
  package var hosts: Int
  package var began: Timestamp
  package var lastEntry: Timestamp
  /// The number of entries in its journal.
  package var entries: Int
  package var state: State
  /// The number of hosts that failed and had not been restored when the deployment concluded.
  package var notRestored = 0
  /// Whether this state folder's engine parked the deployment, and the hosts report that the deployment has ended. Another state folder
  /// then has the record of how it ended.
  package var isElsewhere = false
  /// The names of the hosts that newer deployments have taken over since the interruption.
  package var takenOver: [String] = []
  /// The current pause, or nil if the deployment is not paused or has ended.
  package var pause: Pause?
  /// The time until which the hosts keep the parked deployment, according to this journal, or nil if the deployment is not parked.
  package var parked: Timestamp?

  package init(
    id: Deployment.ID, application: String, recipe: String, group: String, kind: Plan.Kind = .deploy, actor: String, bundle: Digest? = nil,
    hosts: Int, began: Timestamp, lastEntry: Timestamp, entries: Int, state: State,
    pause: Pause? = nil
  ) {
    self.id = id
    self.application = application
    self.recipe = recipe
    self.group = group
    self.kind = kind
    self.actor = actor
    self.bundle = bundle
    self.hosts = hosts
    self.began = began
    self.lastEntry = lastEntry
    self.entries = entries
    self.state = state
    self.pause = pause
  }

  /// How the deployment ended, in a word: `succeeded`, `failed`, or `restore failed` if it succeeded within its budget but left hosts that
  /// need a person. Nil if it has not concluded or its journal cannot be read.
  package var end: String? { notRestored > 0 && (status == .succeeded || status == .partial) ? "restore failed" : status?.rawValue }

  /// Whether an engine runs the deployment or can resume it.
  package var isOpen: Bool { state == .running || state == .interrupted }

  /// Whether newer deployments have taken over all hosts that the deployment had to finish.
  package var isSuperseded: Bool { if case .superseded = state { true } else { false } }

  /// How the deployment ended, or nil if it has not concluded or its journal cannot be read.
  package var status: Conclusion.Status? { if case .concluded(let status) = state { status } else { nil } }
}
