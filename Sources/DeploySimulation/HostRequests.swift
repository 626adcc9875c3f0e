package import DeployCore
package import DeployModel

/// A change of a simulated host, as the checkers see it.
package struct HostChange: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// A command was started.
    case ran
    /// `current` names another release, or none.
    case current
    /// A release was begun, completed or removed.
    case releases
    case receipt
    case file
    case lock
  }
  package var kind: Kind
  package var deployment: Deployment.ID
  package var token: String
  package var fence: Int
  package var intent: Int
  /// How many times the job that made the change was started.
  package var runs: Int
}

/// How a host handles a request.
package enum Reception: Sendable, Hashable {
  /// The host answered immediately, either with a refusal or with the recorded outcome of a job that has ended.
  indirect case answered(Outcome)
  /// The host began the job with this index for the request.
  case begun(job: Int)
  /// The job with this index is already working on the request.
  case attached(job: Int)
}

/// The result of a job's next step.
package enum Progress: Sendable, Hashable {
  /// The job has ended in the meantime, so there is nothing to do.
  case none
  /// The next step is due at this time.
  case later(Timestamp)
  indirect case ended(Outcome)
}

extension SimulatedHost {
  /// Handles a request. An operation that changes the host becomes a job, identified by deployment and intent, so that the operation
  /// happens at most once. A request with a lower fence than the host has seen is refused.
  package mutating func receive(_ intent: Intent, from site: HostSite, at now: Timestamp, fate: Fate) -> Reception {
    if defect != .fenceIgnored, intent.operation.obeysFence {
      if let refusal = refusal(ofFence: site.fence, token: site.token, verb: intent.operation.verb) { return .answered(refusal) }
      raise(site.fence, site.token)
    }
    if !intent.operation.isProbe || intent.operation.isRemembered, defect != .jobSentAgain || !intent.operation.isCommand,
      !intent.operation.isForOneEngine, let known = jobs.index(of: intent.id, in: site.deployment)
    {
      switch jobs[known].state {
      case .running: return .attached(job: known)
      case .ended(let outcome) where intent.operation.isRemembered: return .answered(outcome)
      case .lost where !intent.operation.mayRepeat: return .answered(lost(intent))
      case .ended, .lost, .dropped: break
      }
    }
    if case .run(let command) = intent.operation, let user = command.user, !knows(user) {
      return .answered(.failed(.missing, "there is no user \(user) on this host", fix: "create the user, or change 'user'"))
    }
    if case .stage(let release) = intent.operation, let lack = lacks(release.shared, below: site.path) {
      return .answered(Outcome(failure: lack))
    }
    var fate = fate
    if case .lock(let request) = intent.operation {
      if let refusal = take(request, for: site, at: now) { return .answered(refusal) }
      fate.duration = Swift.max(fate.duration, endOrphans(of: site, request, at: now) - now)
    }
    return .begun(job: begin(intent, from: site, at: now, fate: fate))
  }

  /// Ends a running job early, and returns its outcome, which says that the job was cancelled. Returns nil if no such job is running.
  package mutating func cancel(_ intent: Int, of deployment: Deployment.ID) -> Outcome? {
    guard let job = jobs.index(of: intent, in: deployment), jobs[job].isRunning else { return nil }
    var outcome = written(by: jobs[job])
    outcome.failure = Failure(.cancelled, "\(jobs[job].intent.operation.verb) on \(name) was cancelled")
    dropLock(of: jobs[job].intent.operation)
    jobs[job].state = .ended(outcome)
    jobs[job].turn += 1
    return outcome
  }

  /// Returns the answer to a repeated request for a job whose outcome nobody can know.
  package func lost(_ intent: Intent) -> Outcome {
    Outcome(
      failure: Failure(
        .lost, "the job \(intent.id) on \(name) left no status: the host restarted while it ran",
        fix: "look at the host, then deploy again or go back"))
  }

  private mutating func begin(_ intent: Intent, from site: HostSite, at now: Timestamp, fate: Fate) -> Int {
    let command = intent.operation.words.map { commands?($0.line, $0.input) ?? SimulatedCommand() }
    let duration = command?.duration ?? fate.duration
    var job = SimulatedJob(
      deployment: site.deployment, intent: intent, fence: site.fence, token: site.token, state: .running, began: now,
      ends: now + min(duration, intent.timeout), fate: fate, runs: 1, turn: 0, path: site.path, command: command)
    for written in command?.appends ?? [] { append(written, in: job.folder) }
    if duration > intent.timeout {
      job.fate.failure = Failure(.timeout, "\(intent.operation.verb) on \(name) was given up after \(intent.timeout)")
    }
    if defect == .jobSentAgain, intent.operation.isCommand, let known = jobs.index(of: intent.id, in: site.deployment) {
      job.runs = jobs[known].runs + 1
      job.turn = jobs[known].turn + 1
      jobs[known] = job
      note(.ran, job)
      return known
    }
    jobs.append(job)
    if intent.operation.isCommand { note(.ran, job) }
    if case .stage(let release) = intent.operation, !has(release.id) {
      releases.removeAll { $0.release.id == release.id }
      releases.append(StoredRelease(release: release, complete: false))
      note(.releases, job)
    }
    return jobs.count - 1
  }

  /// Notes a change for the checkers.
  mutating func note(_ kind: HostChange.Kind, _ job: SimulatedJob) {
    changes.append(
      HostChange(
        kind: kind, deployment: job.deployment, token: job.token, fence: job.fence, intent: job.intent.id,
        runs: job.runs))
  }
}
