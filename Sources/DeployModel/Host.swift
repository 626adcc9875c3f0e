/// A machine that receives revisions. Its `number` is dense within one deployment and orders everything that must be in order.
package struct Host: Sendable, Hashable, Codable {
  package var number: Int
  package var name: String
  /// The slot, if this machine has several instances of the application; the name is then `web1/blue`. Nil: the machine has no slots.
  package var slot: String?
  /// How the host's shell is reached: `ssh`, `local`, or the name of a plugin's transport.
  package var transport: String
  /// The address to connect to; nil: the host's name.
  package var address: String?
  package var port: Int?
  package var user: String?
  /// A folder put before the deployment's path on this host, so that one machine can be several hosts.
  package var root: String?
  /// The argv that gives a shell, if a plugin's transport made one.
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

/// What a survey found out about a host; recorded in the plan.
package struct HostFacts: Sendable, Hashable, Codable {
  /// `dash`, `bash`, `busybox`, …: what `sh` is there.
  package var shell: String
  package var user: String
  package var home: String
  package var kernel: String
  package var architecture: String
  /// Names of the optional tools found: curl, wget, sudo, setfacl, systemd-run, …
  package var tools: [String]
  package var bootID: String
  package var processors: Int
  /// Free space and inodes of the file system that holds the deployment's path.
  package var freeBytes: Int
  package var freeInodes: Int
  /// The host's clock minus the engine machine's, in milliseconds.
  package var clockSkew: Interval

  package init(
    shell: String, user: String, home: String = "", kernel: String = "", architecture: String = "", tools: [String] = [], bootID: String,
    processors: Int = 1, freeBytes: Int, freeInodes: Int, clockSkew: Interval = .zero
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
  }
}

/// Everything a survey of one host reads before a plan is made. Reading it changes nothing there.
package struct HostState: Sendable, Hashable, Codable {
  package var facts: HostFacts
  /// The release that `current` names, even if its folder is gone; nil: it names no release of Lander.
  package var current: Release.ID?
  /// What is in the place of `current`, if Lander did not make it.
  package var strange: ForeignCurrent?
  /// Damage of the current release, of the receipt's release and of the previous good release. Other releases that the host keeps are
  /// included if their receipts were requested too.
  package var damage: [ReleaseDamage]
  /// Whether owners or permission bits in the current release differ from those at the end of its deployment; nil: unknown.
  package var altered: Bool?
  /// The newest receipt, if it is another application's.
  package var stranger: Receipt?
  /// The restore that failed in the last deployment; nil: none failed, or a receipt was written since.
  package var failedRestore: FailedRestore?
  /// The folder and machine of the path; nil: the host could not say.
  package var place: HostPlace?
  /// Complete releases on the host.
  package var releases: [Release.ID]
  /// The newest receipt of this application; nil before the first success.
  package var receipt: Receipt?
  /// The receipt of the good release before that one, still pinned.
  package var previous: Receipt?
  /// Replaced receipts of the releases that the host keeps; nil: they were not requested.
  package var kept: [Receipt]?
  package var lock: Lock?
  /// Whether the deployment that holds the lock has run commands there; nil: no, or the host could not say.
  package var isBegun: Bool?
  /// The parked deployment that holds the lock; nil: an engine runs the holder, or nobody has the lock.
  package var parked: Parked?
  /// The highest fence the host has seen; 0 if none.
  package var fence: Int
  /// Jobs of earlier deployments that still run.
  package var jobs: [RunningJob]
  /// What a person has to put there before the first deployment (shared files), with the commands; nil: nothing is missing.
  package var lacks: Failure?
  /// Why the host can be read but not changed: a read-only disk, a missing permission; nil: it can be changed.
  package var hindrance: Failure?
  /// Stages that the host remembers; nil: none, or the host could not say.
  package var marks: [StageMark]?
  /// The deployments in the queue for the lock, in their order; nil: there are none, or the host could not say.
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

  /// Whether it is uncertain that the receipt's release runs there, because a deployment could not take the host back, or was interrupted
  /// and still has the lock. The link and the receipt may be unchanged although the application was stopped.
  package var isUnsettled: Bool { failedRestore != nil || isAbandoned }

  /// Whether the lock's holder ran commands there, and neither finished there nor took the host back.
  package var isAbandoned: Bool {
    guard isBegun == true, let lock else { return false }
    return receipt?.deployment != lock.deployment && receipt?.undid != lock.deployment
  }

  /// Whether a requested rollback was interrupted there, so that the host still has to leave its release.
  package var isGoingBack: Bool {
    if let failedRestore { return failedRestore.isWayBack == true }
    return isAbandoned && lock?.isRollbackByHand == true
  }

  /// Whether `current` names a release without a receipt, because an engine switched to it and neither finished nor went back. A link that
  /// Lander did not make does not count.
  package var runsUnrecordedRelease: Bool {
    guard strange == nil, let current, let receipt else { return false }
    return current != receipt.release.id && current != previous?.release.id
  }

  /// The known damage of a release on the host; nil: none.
  package func damage(of release: Release.ID?) -> ReleaseDamage? { damage.first { $0.release == release } }
}

/// A job that runs on a host, whoever started it.
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
