/// One deployment of a journal, as a list shows it.
package struct DeploymentSummary: Sendable, Hashable {
  package enum State: Sendable, Hashable {
    /// An engine process runs the deployment and holds its claim.
    case running
    /// No engine process runs the deployment. It has not concluded, or hosts have to go back and their rollback never began: `lander
    /// resume`.
    case interrupted
    /// The deployment was interrupted, and newer deployments have taken over all hosts that it had to finish or take back. Nothing is left
    /// to resume.
    /// - Parameter by: the newest of these deployments; nil: hosts say that there is one, but not which.
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
  /// The bundle; nil for a rollback, which sends none.
  package var bundle: Digest?
  /// Number of hosts.
  package var hosts: Int
  package var began: Timestamp
  package var lastEntry: Timestamp
  /// Number of entries.
  package var entries: Int
  package var state: State
  /// Number of hosts that had failed and were not taken back when it concluded.
  package var notRestored = 0
  /// Whether the deployment was parked from here and hosts say that it is over: its end is in another state folder.
  package var isElsewhere = false
  /// Names of hosts that newer deployments have taken over since the interruption.
  package var takenOver: [String] = []
  /// The pause; nil: the deployment is not paused, or has ended.
  package var pause: Pause?
  /// Until when hosts keep the parked deployment, by this journal; nil: it is not parked.
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

  /// How the deployment ended, in a word: `succeeded`, `failed`, or `restore failed` if a budget excuses hosts that need a person; nil as
  /// for `status`.
  package var end: String? { notRestored > 0 && (status == .succeeded || status == .partial) ? "restore failed" : status?.rawValue }

  /// Whether an engine runs the deployment or can resume it.
  package var isOpen: Bool { state == .running || state == .interrupted }

  /// Whether newer deployments have taken over all hosts that the deployment had to finish.
  package var isSuperseded: Bool { if case .superseded = state { true } else { false } }

  /// How the deployment ended; nil: it runs, was interrupted or cannot be read.
  package var status: Conclusion.Status? { if case .concluded(let status) = state { status } else { nil } }
}
