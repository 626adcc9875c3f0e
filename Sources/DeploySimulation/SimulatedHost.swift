import DeployCore
package import DeployModel

/// A host as the host protocol describes it, kept in memory: what is on its disk, who holds its lock, which jobs it ran.
/// It serves one application and group, as one path on a real host does.
package struct SimulatedHost: Sendable {
  package var name: String
  /// In the order in which they were staged.
  package var releases: [StoredRelease] = []
  /// The release that `current` names; nil if there is no such link.
  package var current: Release.ID?
  /// What `current` is, if Lander did not make it.
  package var strange: ForeignCurrent?
  /// Damage of releases that are, or were, here.
  package var damage: [ReleaseDamage] = []
  package var receipt: Receipt?
  /// The receipt of the good release before that one.
  package var previous: Receipt?
  /// Replaced receipts of releases that are kept; the newest of each.
  package var replaced: [Receipt] = []
  /// What `previous` was before the receipt that is on trial.
  package var before: Receipt?
  /// A release beyond the number to keep, which stays only until what runs has proved good.
  package var surplus: Release.ID?
  /// What it remembers of a deployment that could not take it back.
  package var failedRestore: FailedRestore?
  package var lock: HeldLock?
  package var fence = Fence()
  /// Deployments that wait for the lock, in the order in which they get it.
  package var line: [Place] = []
  /// Deployments that waited, and were superseded by a newer one.
  package var passed: [Passed] = []
  /// Nil: no deployment had a sequence.
  package var latest: Latest?
  /// Every job that was ever claimed here.
  package var jobs = SimulatedJobs()
  /// Files that operations wrote, by their absolute paths; looked up, never iterated.
  package var files: [String: SimulatedFile] = [:]
  /// Paths that do not exist although they usually do on a host: shared files, folders to write to.
  package var absent: [String] = []
  /// Whether paths that nobody mentioned do not exist; if not, a text that nobody wrote is read as an empty one.
  package var knowsFiles = false
  /// Users that it has; nil: all that are asked for.
  package var users: [String]?
  /// What a command does, by its line and its input; nil: nothing is known of it.
  package var commands: (@Sendable (_ line: String, _ input: String) -> SimulatedCommand?)?
  /// Bytes of each stream of a command that it keeps.
  package var outputLimit = 64 << 20
  /// Digests of the recipe sources kept here.
  package var sources: [Digest] = []
  /// The texts of the sources, as far as somebody brought them; looked up, never iterated.
  package var texts: [Digest: [SourceFile]] = [:]
  /// Stages that it remembers, the last one last.
  package var marks: [StageMark] = []
  /// How often it has booted.
  package var boot = 1
  package var freeBytes: Int = 10_000_000_000
  package var defect: Defect?
  /// Whether it says so if nobody can know an answer beforehand, instead of a plain good value.
  package var rehearsed = false
  /// What was changed since a checker looked last.
  package var changes: [HostChange] = []

  /// A host on which nothing was ever deployed.
  package init(name: String) { self.name = name }

  /// A release on its disk.
  package struct StoredRelease: Sendable, Hashable {
    package var release: Release
    /// Whether all of it is there and verified.
    package var complete: Bool
    package init(release: Release, complete: Bool) {
      self.release = release
      self.complete = complete
    }
  }

  /// The highest fence it has seen, and its owner; 0 if none.
  package struct Fence: Sendable, Hashable {
    package var number = 0
    package var token = ""
    package init(number: Int = 0, token: String = "") {
      self.number = number
      self.token = token
    }
  }

  /// Its lock, and until when the holder counts as alive.
  package struct HeldLock: Sendable, Hashable {
    package var lock: Lock
    package var lease: Interval
    package var renewed: Timestamp
    /// The deployment, if it waits for a person without an engine; nil: an engine runs it.
    package var parked: Parked?
    /// The journal of a parked deployment; nil: it keeps none.
    package var journal: [UInt8]?
    /// The request of the engine that last resumed it; nil: none did.
    package var taken: UnparkRequest?
    /// Seconds until the holder counts as dead, rounded up; 0 or less: it is dead.
    package func left(at now: Timestamp) -> Int {
      let left = (renewed + lease - now).milliseconds
      return left > 0 ? (left + 999) / 1000 : left / 1000
    }
  }

  /// Whether a complete, verified release of that id is here.
  package func has(_ release: Release.ID) -> Bool { releases.contains { $0.complete && $0.release.id == release } }

  /// The text of a `current` link that Lander did not make; nil if it is something else.
  package var foreign: String? {
    get { if case .link(let text) = strange { text } else { nil } }
    set { strange = newValue.map { .link($0) } }
  }

  /// Releases from which somebody removed something.
  package var damaged: [Release.ID] {
    get { damage.map(\.release) }
    set { damage = newValue.map { ReleaseDamage($0, .lacking(1, of: 10)) } }
  }

  /// Loses power and starts again: running commands leave no status, unfinished transfers start over, the disk stays.
  package mutating func reboot() {
    boot += 1
    for index in jobs.running {
      jobs[index].lose()
    }
  }
}

/// Something a host was asked to change, with the result. It is found again by deployment and intent.
package struct SimulatedJob: Sendable {
  package enum State: Sendable, Hashable {
    case running
    indirect case ended(Outcome)
    /// It was a command, and nobody can say how it ended.
    case lost
    /// It was not a command and did not end: the next request starts it afresh.
    case dropped
  }
  package var deployment: Deployment.ID
  package var intent: Intent
  package var fence: Int
  package var token: String
  package var state: State
  package var began: Timestamp
  /// When it will end, unless somebody ends it before.
  package var ends: Timestamp
  package var fate: Fate
  /// How often it was started; the promise is at most once.
  package var runs: Int
  /// Raised when it is ended early, so that the end planned before does not happen.
  package var turn: Int
  /// The folder that its relative paths start from.
  package var folder = ""
  /// The folder of its application.
  package var path = ""
  /// What it does there; nil if it runs no command.
  package var command: SimulatedCommand?

  /// The process that ran it is gone, and left no status.
  package mutating func lose() {
    state = intent.operation.isCommand ? .lost : .dropped
    turn += 1
  }
}

/// What chance decides for an operation.
package struct Fate: Sendable, Hashable {
  /// How long it takes.
  package var duration: Interval
  /// How it fails; nil if it does not.
  package var failure: Failure?
  package init(duration: Interval, failure: Failure? = nil) {
    self.duration = duration
    self.failure = failure
  }
}
