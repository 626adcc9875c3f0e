import DeployCore
package import DeployModel

/// A host in memory that follows the host protocol: what is on its disk, who holds its lock, and which jobs it ran. It serves one
/// application and group, as one path on a real host does.
package struct SimulatedHost: Sendable {
  package var name: String
  /// The releases, in the order in which they were staged.
  package var releases: [StoredRelease] = []
  /// The release that `current` names, or nil if there is no such link.
  package var current: Release.ID?
  /// What exists at `current` if Lander did not create it. Nil if Lander created it or nothing exists there.
  package var strange: ForeignCurrent?
  /// The damage to releases that are or were on the host.
  package var damage: [ReleaseDamage] = []
  @Apart package var receipt: Receipt?
  /// The receipt of the good release before the one in `receipt`.
  @Apart package var previous: Receipt?
  /// Earlier receipts of releases that the host keeps: the newest receipt of each release.
  package var replaced: [Receipt] = []
  /// The value of `previous` before the receipt that is on trial.
  @Apart package var before: Receipt?
  /// A release in excess of the number of releases to keep. It stays until the current release is good.
  package var surplus: Release.ID?
  /// The record of a deployment that could not restore the host, or nil if there is none.
  @Apart package var failedRestore: FailedRestore?
  @Apart package var lock: HeldLock?
  package var fence = Fence()
  /// The deployments that wait for the lock, in the order in which they get it.
  package var line: [Place] = []
  /// The deployments that waited and were superseded by a newer one.
  package var passed: [Passed] = []
  /// The last deployment with a sequence, or nil if there was none.
  @Apart package var latest: Latest?
  /// Every job that the host ever claimed.
  package var jobs = SimulatedJobs()
  /// The files that operations wrote, by their absolute paths. Looked up, never iterated.
  package var files: [String: SimulatedFile] = [:]
  /// Paths that do not exist on this host, although they usually exist: shared files, folders to write to.
  package var absent: [String] = []
  /// Whether a path that no test and no operation mentioned does not exist. If false, such a path is an empty file.
  package var knowsFiles = false
  /// The users of the host, or nil if every user exists.
  package var users: [String]?
  /// Returns what a command does, by its line and its input, or nil if nothing is known about the command.
  package var commands: (@Sendable (_ line: String, _ input: String) -> SimulatedCommand?)?
  /// The limit of each stream of a command that the host keeps, in bytes.
  package var outputLimit = 64 << 20
  /// The digests of the recipe sources that the host keeps.
  package var sources: [Digest] = []
  /// The files of these sources, if somebody has sent them. Looked up, never iterated.
  package var texts: [Digest: [SourceFile]] = [:]
  /// The marks of stages that the host keeps, the newest last.
  package var marks: [StageMark] = []
  /// How many times the host has booted.
  package var boot = 1
  package var freeBytes: Int = 10_000_000_000
  package var defect: Defect?
  /// Whether the host reports that an answer cannot be known before a real run. If false, the host gives a plain good answer instead.
  package var rehearsed = false
  /// The changes since a checker last looked at the host.
  package var changes: [HostChange] = []

  /// Makes a host to which nothing was ever deployed.
  package init(name: String) { self.name = name }

  /// A release on the host's disk.
  package struct StoredRelease: Sendable, Hashable {
    package var release: Release
    /// Whether all of the release is there and verified.
    package var complete: Bool
    package init(release: Release, complete: Bool) {
      self.release = release
      self.complete = complete
    }
  }

  /// The highest fence that the host has seen (0 if there is none), and its owner.
  package struct Fence: Sendable, Hashable {
    package var number = 0
    package var token = ""
    package init(number: Int = 0, token: String = "") {
      self.number = number
      self.token = token
    }
  }

  /// The lock of the host, and the time until which its holder counts as alive.
  package struct HeldLock: Sendable, Hashable {
    package var lock: Lock
    package var lease: Interval
    package var renewed: Timestamp
    /// The record of the deployment if it is parked, or nil if an engine runs it.
    @Apart package var parked: Parked?
    /// The journal of the parked deployment, or nil if the host keeps none.
    package var journal: [UInt8]?
    /// The request of the engine that last resumed the deployment, or nil if none did.
    @Apart package var taken: UnparkRequest?
    /// Returns the seconds until the holder counts as dead, rounded up. At 0 or less, it counts as dead.
    package func left(at now: Timestamp) -> Int {
      let left = (renewed + lease - now).milliseconds
      return left > 0 ? (left + 999) / 1000 : left / 1000
    }
  }

  /// Returns whether the host has a complete, verified release of this id.
  package func has(_ release: Release.ID) -> Bool { releases.contains { $0.complete && $0.release.id == release } }

  /// The target of a `current` link that Lander did not create, or nil if `current` is anything else.
  package var foreign: String? {
    get { if case .link(let text) = strange { text } else { nil } }
    set { strange = newValue.map { .link($0) } }
  }

  /// The releases from which something was removed.
  package var damaged: [Release.ID] {
    get { damage.map(\.release) }
    set { damage = newValue.map { ReleaseDamage($0, .lacking(1, of: 10)) } }
  }

  /// Cuts the power and starts the host again. Running commands leave no status, unfinished transfers start again from the beginning, and
  /// the disk keeps its contents.
  package mutating func reboot() {
    boot += 1
    for index in jobs.running {
      jobs[index].lose()
    }
  }
}

/// A request to change a host, with its result. It is identified by its deployment and intent.
package struct SimulatedJob: Sendable {
  package enum State: Sendable, Hashable {
    case running
    indirect case ended(Outcome)
    /// The job was a command, and nobody can say how it ended.
    case lost
    /// The job was not a command and did not end. The next request starts it again from the beginning.
    case dropped
  }
  package var deployment: Deployment.ID
  package var intent: Intent
  package var fence: Int
  package var token: String
  package var state: State
  package var began: Timestamp
  /// When the job ends, unless somebody ends it earlier.
  package var ends: Timestamp
  package var fate: Fate
  /// How many times the job was started. The promise is *at most once*.
  package var runs: Int
  /// A number that grows when the job is ended early, so that the end that was planned for the job does not happen.
  package var turn: Int
  /// The folder of the job's application.
  package var path = ""
  /// What the job's command does, or nil if the job runs no command.
  @Apart package var command: SimulatedCommand?

  /// The folder to which the job's relative paths refer.
  package var folder: String { HostSite.folder(of: intent, below: path) }

  /// Notes that the job's process is gone and left no status.
  package mutating func lose() {
    state = intent.operation.isCommand ? .lost : .dropped
    turn += 1
  }
}

/// What chance decides for an operation.
package struct Fate: Sendable, Hashable {
  /// How long the operation takes.
  package var duration: Interval
  /// How the operation fails, or nil if it succeeds.
  @Apart package var failure: Failure?
  package init(duration: Interval, failure: Failure? = nil) {
    self.duration = duration
    self.failure = failure
  }
}
