import DeployCore
package import DeployModel

/// A host as the host protocol describes it, kept in memory: what is on its disk, who holds its lock, which jobs it ran.
/// It serves one application and group, as one path on a real host does.
package struct SimulatedHost: Sendable {
  package var name: String
  /// In the order in which they were staged.
  package var releases: [StoredRelease] = []
  /// What `current` names; nil if the link is not there.
  package var current: Release.ID?
  /// The text of a link `current` that somebody else made; nil if it is a release's, or away.
  package var foreign: String?
  /// Releases of which somebody removed a file.
  package var damaged: [Release.ID] = []
  package var receipt: Receipt?
  /// The receipt of the good release before that one.
  package var previous: Receipt?
  /// What `previous` was before the receipt that is on trial.
  package var before: Receipt?
  /// What it remembers of a deployment that could not take it back.
  package var failedRestore: FailedRestore?
  package var lock: HeldLock?
  package var fence = Fence()
  /// Every job that was ever claimed here.
  package var jobs = SimulatedJobs()
  /// Files that operations wrote; looked up by path, never iterated.
  package var files: [String: String] = [:]
  /// Digests of the recipe sources kept here.
  package var sources: [Digest] = []
  /// How often it was started.
  package var boot = 1
  package var freeBytes: Int = 10_000_000_000
  package var defect: Defect?
  /// Whether what nobody can know beforehand is answered as such, instead of with plain good values.
  package var rehearsed = false
  /// What was changed since a checker looked last.
  package var changes: [HostChange] = []

  /// A host on which nothing was ever deployed.
  package init(name: String) { self.name = name }

  /// A release on its disk.
  package struct StoredRelease: Sendable, Hashable {
    package var release: Release
    /// Whether all of it is there and was verified.
    package var complete: Bool
    package init(release: Release, complete: Bool) {
      self.release = release
      self.complete = complete
    }
  }

  /// The highest fence it has seen, and whose that is; 0 if none.
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
    package func isDead(at now: Timestamp) -> Bool { renewed + lease < now }
  }

  /// Whether a complete, verified release of that id is here.
  package func has(_ release: Release.ID) -> Bool { releases.contains { $0.complete && $0.release.id == release } }

  /// What a survey of it says at that time.
  package func state(at now: Timestamp) -> HostState {
    HostState(
      facts: HostFacts(
        shell: "dash", user: "deploy", home: "/home/deploy", kernel: "6.1", architecture: "x86_64",
        tools: ["curl", "gzip", "setsid", "sha256sum", "sudo", "tar"], bootID: "boot-\(boot)", processors: 2, freeBytes: freeBytes,
        freeInodes: 1_000_000),
      current: current, releases: releases.filter(\.complete).map(\.release.id), receipt: receipt, previous: previous,
      lock: lock.map { held in
        var lock = held.lock
        lock.leaseLeft = ((held.renewed + held.lease) - now).milliseconds / 1000
        return lock
      },
      fence: fence.number,
      jobs: jobs.running.map { jobs[$0] }.filter { $0.intent.operation.isCommand }.map { job in
        RunningJob(
          deployment: job.deployment, intent: job.intent.id, fence: job.fence, command: job.intent.operation.verb, since: job.began)
      }, strange: foreign.map { .link($0) }, damage: damaged.map { ReleaseDamage($0, .lacking(1, of: 10)) },
      place: HostPlace(id: name, path: "/srv", folder: name), failedRestore: failedRestore)
  }

  /// Loses power and starts again: commands that ran leave no status, unfinished transfers start over, the disk stays.
  package mutating func reboot() {
    boot += 1
    for index in jobs.running {
      jobs[index].state = jobs[index].intent.operation.isCommand ? .lost : .dropped
    }
  }
}

/// Something a host was asked to change, with what came of it. Found again by deployment and intent.
package struct SimulatedJob: Sendable {
  package enum State: Sendable, Hashable {
    case running
    indirect case ended(Outcome)
    /// It was a command, and nobody can say how it ended.
    case lost
    /// It was no command and did not end: the next request starts it afresh.
    case dropped
  }
  package var deployment: Deployment.ID
  package var intent: Intent
  package var fence: Int
  package var token: String
  package var state: State
  package var began: Timestamp
  /// When it will have ended, if nobody ends it before.
  package var ends: Timestamp
  package var fate: Fate
  /// How often it was started; at most once is the promise.
  package var runs: Int
  /// Raised when it is ended early, so that an end that was foreseen does not come.
  package var turn: Int
}

/// What chance has in store for an operation.
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

extension DeployModel.Operation {
  /// Whether it is a command, of which nobody may guess how it ended.
  package var isCommand: Bool { if case .run = self { true } else { false } }
}
