package import DeployModel

/// Performs the changes that jobs make to a host, at their times.
extension SimulatedHost {
  /// Returns when the next step of a job is due.
  package func due(_ job: Int) -> Timestamp { jobs[job].ends }

  /// Takes a job one step further. `turn` is the value that the job's `turn` had when the step was planned. If the job has another value
  /// now, it has ended in the meantime, and nothing happens.
  package mutating func proceed(_ job: Int, turn: Int, at now: Timestamp) -> Progress {
    guard jobs[job].isRunning, jobs[job].turn == turn else { return .none }
    if defect == .switchInTwoSteps, case .activate = jobs[job].intent.operation, current != nil, jobs[job].fate.failure == nil {
      current = nil
      note(.current, jobs[job])
      jobs[job].ends = now + Interval(milliseconds: 5)
      return .later(jobs[job].ends)
    }
    var outcome = jobs[job].fate.failure.map { failed(job, $0) } ?? done(job, at: now)
    if outcome.failure != nil { dropLock(of: jobs[job].intent.operation) }
    outcome.duration = now - jobs[job].began
    jobs[job].state = .ended(outcome)
    return .ended(outcome)
  }

  private mutating func failed(_ job: Int, _ failure: Failure) -> Outcome {
    var outcome = written(by: jobs[job])
    outcome.failure = failure
    switch jobs[job].intent.operation {
    case .run where failure.kind == .command:
      outcome.status = 1
      outcome.stderr = Captured(text: "simulated failure\n")
    case .check where failure.kind == .unhealthy: outcome.value = .bool(false)
    case .remove: return removalFailed(outcome, jobs[job])
    case .stage(let release) where !has(release.id):
      releases.removeAll { $0.release.id == release.id }
      note(.releases, jobs[job])
    default: break
    }
    return outcome
  }

  private mutating func done(_ job: Int, at now: Timestamp) -> Outcome {
    let claimed = jobs[job]
    switch claimed.intent.operation {
    case .run: return ran(claimed)
    case .check: return checked(claimed)
    case .read(let path, let limit): return read(claimed.place(path), limit: limit)
    case .exists(let path): return exists(claimed.place(path))
    case .appspec: return .done()
    case .http: return .failed(.invalid, "`http` is not for a host")
    case .write(let path, let content, let mode, let owner):
      return write(content, to: claimed.place(path), mode: mode, owner: owner, claimed)
    case .link(let target, let path): return link(target, at: claimed.place(path), claimed)
    case .upload(let from, let path):
      put(SimulatedFile(.text("copy of \(from)")), at: claimed.place(path), claimed)
      return .done()
    case .download(let path, _): return download(claimed.place(path))
    case .stage(let release):
      complete(release, claimed)
      return .done()
    case .activate(let release): return activate(release, link: nil, claimed)
    case .relink(let text): return activate(nil, link: text, claimed)
    case .discard(let release): return discard(release, claimed)
    case .prune(let keep, let pinned): return prune(keep: keep, pinned: pinned, claimed)
    case .remove(let shared): return remove(shared: shared, claimed)
    case .record(let new): return record(new, claimed)
    case .lock(let request): return .done(.record(of: [("fence", .int(request.fence))]))
    case .unlock(let token, let good, let left): return release(token: token, good: good, left: left)
    case .park(let request): return park(request, claimed, at: now)
    case .unpark(let request): return unpark(request, claimed, at: now)
    case .mark(let request): return mark(request)
    case .sources(let digest): return kept(digest)
    }
  }

  /// Returns an outcome with what a job has written so far. The outcome does not say whether the job has ended.
  func written(by job: SimulatedJob) -> Outcome {
    guard job.intent.operation.merge != nil else { return Outcome() }
    let (out, err) = outputs(of: job)
    if out.isEmpty, err.isEmpty { return Self.silent }
    return Outcome(stdout: Captured(simulated: out), stderr: Captured(simulated: err))
  }

  /// The outcome of a command that wrote nothing. Most commands in a rehearsal share its streams.
  private static let silent = Outcome(stdout: Captured(simulated: ""), stderr: Captured(simulated: ""))

  /// Returns everything that a job has written, as far as the host keeps it, or nothing if the job is not a command.
  func outputs(of job: SimulatedJob) -> (out: String, err: String) {
    guard let command = job.command, let merge = job.intent.operation.merge else { return ("", "") }
    return command.streams(merged: merge, limit: outputLimit)
  }

  private func ran(_ job: SimulatedJob) -> Outcome {
    var outcome = written(by: job)
    let status = job.command?.status ?? 0
    outcome.status = status
    if rehearsed { outcome.value = Outcome.rehearsed }
    if status != 0 {
      let cause = status > 128 && status < 192 ? "was ended by signal \(status - 128)" : "exited with \(status)"
      outcome.failure = Failure(.command, "`\(job.intent.operation.words?.line ?? "")` \(cause)")
    }
    return outcome
  }

  private func checked(_ job: SimulatedJob) -> Outcome {
    var outcome = written(by: job)
    if case .check(.command) = job.intent.operation { outcome.status = job.command?.status ?? 0 }
    let isWell = job.command?.status ?? 0 == 0
    outcome.value = .bool(isWell)
    if !isWell { outcome.failure = Failure(.unhealthy, "\(job.intent.operation.words?.line ?? ""): the check answered no") }
    return outcome
  }
}

extension SimulatedJob {
  /// Returns the path on the host for a path that the recipe wrote.
  func place(_ path: String) -> String { path.isAbsolutePath ? path : "\(folder)/\(path)" }
}

extension DeployModel.Operation {
  /// Whether both streams of the command are merged. Nil if the operation is not a command, so that its outcome has no streams.
  fileprivate var merge: Bool? {
    switch self {
    case .run(let command): command.merge
    case .check(.command): false
    default: nil
    }
  }
}

extension Outcome {
  /// The value that a rehearsal returns if nobody can know in advance what the real host would answer.
  package static let rehearsed = Value.record([Value.Member("rehearsed", .bool(true))])
}
