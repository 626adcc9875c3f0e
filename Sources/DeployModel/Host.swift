/// A machine, or a slot of a machine, that receives revisions. Its `number` counts the hosts of one deployment from 0 and decides their
/// order.
package struct Host: Sendable, Hashable, Codable {
  package var number: Int
  package var name: String
  /// The slot's name if the machine has several instances of the application, in which case the host's name is like `web1/blue`. Nil means
  /// that the machine has no slots.
  package var slot: String?
  /// The transport by which the engine reaches the host: `ssh`, `local`, or the name of a plugin's transport.
  package var transport: String
  /// The address to connect to, or nil for the host's name.
  package var address: String?
  package var port: Int?
  package var user: String?
  /// A folder that is put before all paths on this host, so that one machine can be several hosts, or nil if paths are used as they are.
  package var root: String?
  /// The argv of a plugin's transport, which starts a shell on the host, or nil if another transport reaches the host.
  package var argv: [String]?
  package var tags: Value
  package var vars: Value

  package init(
    number: Int = 0, name: String, transport: String = "ssh", address: String? = nil, port: Int? = nil, user: String? = nil,
    root: String? = nil, argv: [String]? = nil, tags: Value = .record([]), vars: Value = .record([]), slot: String? = nil
  ) {
    self.slot = slot
    self.number = number
    self.name = name
    self.transport = transport
    self.address = address
    self.port = port
    self.user = user
    self.root = root
    self.argv = argv
    self.tags = tags
    self.vars = vars
  }
}

/// The facts about a host that a survey reads and the plan records.
package struct HostFacts: Sendable, Hashable, Codable {
  /// The kind of shell that `sh` is on the host: `dash`, `bash`, `busybox`, …
  package var shell: String
  package var user: String
  package var home: String
  package var kernel: String
  package var architecture: String
  /// The names of the optional tools that the host has: curl, wget, sudo, setfacl, systemd-run, …
  package var tools: [String]
  package var bootID: String
  package var processors: Int
  /// Free bytes and free inodes of the file system that contains the deployment's path.
  package var freeBytes: Int
  package var freeInodes: Int
  /// How far the host's clock is ahead of the clock of the engine's machine. Negative if it is behind.
  package var clockSkew: Interval
  /// Nil in plans of earlier versions.
  package var machine: MachineFacts?

  package init(
    shell: String, user: String, home: String = "", kernel: String = "", architecture: String = "", tools: [String] = [], bootID: String,
    processors: Int = 1, freeBytes: Int, freeInodes: Int, clockSkew: Interval = .zero, machine: MachineFacts? = nil
  ) {
    self.shell = shell
    self.user = user
    self.home = home
    self.kernel = kernel
    self.architecture = architecture
    self.tools = tools
    self.bootID = bootID
    self.processors = processors
    self.freeBytes = freeBytes
    self.freeInodes = freeInodes
    self.clockSkew = clockSkew
    self.machine = machine
  }
}

/// Everything that a survey reads from one host before a plan is made. A survey changes nothing on the host.
package struct HostState: Sendable, Hashable, Codable {
  package var facts: HostFacts
  /// The release that `current` names, even if the release's folder is gone, or nil if `current` names no release of Lander.
  package var current: Release.ID?
  /// What exists at the path `current` if Lander did not create it, or nil if nothing or a link of Lander exists there.
  package var strange: ForeignCurrent?
  /// The damage of the current release, of the receipt's release and of the previous good release. Other kept releases are included if the
  /// survey asked for their receipts.
  package var damage: [ReleaseDamage]
  /// Whether owners or permission bits in the current release differ from those at the end of the release's deployment, or nil if unknown.
  package var altered: Bool?
  /// The newest receipt in the folder if it belongs to another application, and nil otherwise.
  @Apart package var stranger: Receipt?
  /// The failed restore of the last deployment, or nil if no restore failed or a later deployment wrote a receipt.
  @Apart package var failedRestore: FailedRestore?
  /// The folder and machine behind the deployment's path, or nil if the host could not tell.
  @Apart package var place: HostPlace?
  /// The complete releases on the host.
  package var releases: [Release.ID]
  /// The newest receipt of this application, or nil if no deployment of the application has succeeded yet.
  @Apart package var receipt: Receipt?
  /// The receipt of the previous good release, which the host keeps as well, or nil if there is none.
  @Apart package var previous: Receipt?
  /// Earlier receipts of the releases that the host keeps, or nil if the survey did not ask for them.
  package var kept: [Receipt]?
  @Apart package var lock: Lock?
  /// Whether the deployment that holds the lock has run commands on the host. Nil if not, or if the host could not tell.
  package var isBegun: Bool?
  /// The parked deployment that holds the lock, or nil if nobody holds the lock or an engine runs the deployment that holds it.
  @Apart package var parked: Parked?
  /// The highest fence that the host has seen, or 0 if there is none.
  package var fence: Int
  /// The jobs of earlier deployments that are still running.
  package var jobs: [RunningJob]
  /// The shared files that a person has to create before the first deployment, with the commands for that, or nil if nothing is missing.
  @Apart package var lacks: Failure?
  /// Why the host can be read but not changed, such as a read-only disk or a missing permission, or nil if it can be changed.
  @Apart package var hindrance: Failure?
  /// The marks of stages on the host, or nil if there are none or the host could not tell.
  package var marks: [StageMark]?
  /// The deployments in the queue for the lock, in order, or nil if there are none or the host could not tell.
  package var line: [LinePlace.Other]?

  package init(
    facts: HostFacts, current: Release.ID? = nil, releases: [Release.ID] = [], receipt: Receipt? = nil, previous: Receipt? = nil,
    lock: Lock? = nil, fence: Int = 0, jobs: [RunningJob] = [], lacks: Failure? = nil, strange: ForeignCurrent? = nil,
    damage: [ReleaseDamage] = [], stranger: Receipt? = nil, place: HostPlace? = nil, failedRestore: FailedRestore? = nil,
    hindrance: Failure? = nil
  ) {
    self.facts = facts
    self.current = current
    self.strange = strange
    self.damage = damage
    self.stranger = stranger
    self.place = place
    self.failedRestore = failedRestore
    self.releases = releases
    self.receipt = receipt
    self.previous = previous
    self.lock = lock
    self.fence = fence
    self.jobs = jobs
    self.lacks = lacks
    self.hindrance = hindrance
  }

  /// Whether the receipt's release might not be running, because a deployment could not restore the host, or because a deployment was
  /// interrupted and still has the lock. The application might be stopped although the link and the receipt are unchanged.
  package var isUnsettled: Bool { failedRestore != nil || isAbandoned }

  /// Whether the deployment that holds the lock ran commands on the host, and neither finished nor restored it.
  package var isAbandoned: Bool {
    guard isBegun == true, let lock else { return false }
    return receipt?.deployment != lock.deployment && receipt?.undid != lock.deployment
  }

  /// Whether a requested rollback was interrupted on the host, so that the host still has to leave its release.
  package var isGoingBack: Bool {
    if let failedRestore { return failedRestore.isWayBack == true }
    return isAbandoned && lock?.isRollbackByHand == true
  }

  /// Whether `current` names a release without a receipt, because an engine switched to the release and neither finished nor switched back.
  /// A link that Lander did not create does not count.
  package var runsUnrecordedRelease: Bool {
    guard strange == nil, let current, let receipt else { return false }
    return current != receipt.release.id && current != previous?.release.id
  }

  /// Returns the known damage of a release on the host, or nil if none is known.
  package func damage(of release: Release.ID?) -> ReleaseDamage? { damage.first { $0.release == release } }
}

/// A job that is running on a host, no matter which deployment started it.
package struct RunningJob: Sendable, Hashable, Codable {
  package var deployment: Deployment.ID
  package var intent: Int
  package var fence: Int
  package var command: String
  package var since: Timestamp
  package init(deployment: Deployment.ID, intent: Int, fence: Int, command: String, since: Timestamp) {
    self.deployment = deployment
    self.intent = intent
    self.fence = fence
    self.command = command
    self.since = since
  }
}

/// The result of surveying one host.
package enum Survey: Sendable, Hashable, Codable {
  case reached(HostState)
  case unreachable(Failure)
}
