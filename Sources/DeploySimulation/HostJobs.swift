package import DeployModel

/// What jobs do to a host when their time has come.
extension SimulatedHost {
  /// When the next step of a job is due that was begun or attached to just now.
  package func due(_ job: Int) -> Timestamp { jobs[job].ends }

  /// Takes a job one step on. `turn` is the job's at the time the step was planned: one that was ended since is left alone.
  package mutating func proceed(_ job: Int, turn: Int, at now: Timestamp) -> Progress {
    guard jobs[job].state == .running, jobs[job].turn == turn else { return .none }
    if defect == .switchInTwoSteps, case .activate = jobs[job].intent.operation, current != nil, jobs[job].fate.failure == nil {
      current = nil
      note(.current, jobs[job])
      jobs[job].ends = now + Interval(milliseconds: 5)
      return .later(jobs[job].ends)
    }
    var outcome = jobs[job].fate.failure.map { failed(job, $0) } ?? done(job, at: now)
    outcome.duration = now - jobs[job].began
    jobs[job].state = .ended(outcome)
    return .ended(outcome)
  }

  private mutating func failed(_ job: Int, _ failure: Failure) -> Outcome {
    var outcome = Outcome(failure: failure)
    switch jobs[job].intent.operation {
    case .run where failure.kind == .command:
      outcome.status = 1
      outcome.stdout = Captured(text: "")
      outcome.stderr = Captured(text: "simulated failure\n")
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
    case .run:
      return Outcome(value: rehearsed ? Outcome.rehearsed : .null, status: 0, stdout: Captured(text: ""), stderr: Captured(text: ""))
    case .read(let path, _): return read(path)
    case .exists(let path): return exists(path)
    case .check: return .done(.bool(true))
    case .appspec: return .done()
    case .write(let path, let content, _, _): return write(content.description, to: path, claimed)
    case .link(let target, let path): return write("-> \(target)", to: path, claimed)
    case .upload(let from, let path): return write("copy of \(from)", to: path, claimed)
    case .download: return .done()
    case .stage(let release):
      complete(release, claimed)
      return .done()
    case .activate(let release): return activate(release, claimed)
    case .relink(let text):
      leave()
      (current, foreign) = (nil, text)
      note(.current, claimed)
      return .done()
    case .discard(let release):
      if release == current { return .failed(.invalid, "\(name) runs \(release): it cannot be discarded") }
      releases.removeAll { $0.release.id == release }
      note(.releases, claimed)
      return .done()
    case .prune(let keep, let pinned):
      prune(keep: keep, pinned: pinned, claimed)
      return .done()
    case .record(let new):
      record(new, claimed)
      return .done()
    case .lock: return .done()
    case .unlock(let token, let good, let left):
      release(token: token, good: good, left: left)
      return .done()
    case .sources(let digest):
      guard sources.contains(digest) else { return .failed(.missing, "\(name) keeps no recipe sources \(digest)") }
      return .done(.list([]))
    }
  }

  private func read(_ path: String) -> Outcome {
    if let text = files[path] { return .done(.text(text)) }
    return rehearsed ? Self.unknown("what \(path) holds") : .done(.text(""))
  }

  private func exists(_ path: String) -> Outcome {
    if files[path] != nil { return .done(.bool(true)) }
    return rehearsed ? Self.unknown("whether \(path) exists") : .done(.bool(false))
  }

  /// Nobody can say beforehand, and a made-up answer would take the rehearsal where the deployment will not go.
  static func unknown(_ what: String) -> Outcome {
    .failed(.invalid, "\(what) is known only when it runs, so the rehearsal ends here", fix: "this is no error: the deployment will ask")
  }

  private mutating func write(_ text: String, to path: String, _ job: SimulatedJob) -> Outcome {
    files[path] = text
    note(.file, job)
    return .done()
  }

  private mutating func complete(_ release: Release, _ job: SimulatedJob) {
    damaged.removeAll { $0 == release.id }
    guard let index = releases.firstIndex(where: { $0.release.id == release.id }) else {
      releases.append(StoredRelease(release: release, complete: defect != .unverifiedRelease))
      return note(.releases, job)
    }
    if !releases[index].complete, defect != .unverifiedRelease {
      releases[index].complete = true
      note(.releases, job)
    }
  }

  private mutating func activate(_ release: Release.ID?, _ job: SimulatedJob) -> Outcome {
    if let release, !has(release), defect != .unverifiedRelease {
      return .failed(.missing, "\(name) has no complete release \(release)", fix: "stage it first")
    }
    if release == nil { leave() }
    guard current != release || foreign != nil else { return .done() }
    (current, foreign) = (release, nil)
    note(.current, job)
    return .done()
  }

  /// The receipt goes with the release it is of, if nothing of Lander's follows.
  private mutating func leave() {
    if let current, receipt?.release.id == current { receipt = nil }
  }

  private mutating func prune(keep: Int, pinned: [Release.ID], _ job: SimulatedJob) {
    let good = [current, receipt?.release.id, previous?.release.id, before?.release.id].compactMap { $0 } + pinned
    let kept = releases.suffix(max(keep, 1)).map(\.release.id) + good
    let before = releases.count
    releases.removeAll { !kept.contains($0.release.id) }
    if releases.count != before { note(.releases, job) }
  }

  private mutating func record(_ new: Receipt, _ job: SimulatedJob) {
    var new = new
    if defect == .trialIgnored { new.trial = nil }
    if let old = receipt, old.release.id != new.release.id, old.trial != true {
      if previous?.release.id != old.release.id { before = previous }
      previous = old
    } else if receipt?.trial == true, previous?.release.id == new.release.id {
      (previous, before) = (before, nil)
    }
    receipt = new
    failedRestore = nil
    if new.trial != true { before = nil }
    if !sources.contains(new.inputs.sources) { sources.append(new.inputs.sources) }
    note(.receipt, job)
  }
}

extension Outcome {
  /// What a rehearsal answers where the real host would say something that nobody can know beforehand.
  package static let rehearsed = Value.record([Value.Member("rehearsed", .bool(true))])
}
