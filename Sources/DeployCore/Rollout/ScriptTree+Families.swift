import DeployModel

/// Scripts for which other scripts wait: the functions of `each`, `all` and `within`.
extension ScriptTree {
  /// Functions that run together for one script, which waits for all of them.
  struct Family: Sendable, Hashable {
    var bodies: [Body]
    var limit: Int
    var keepGoing: Bool
    var started = 0
    var running: [ScriptID] = []
    var results: [ScriptResult?]
    /// The time limit of `within`, or nil if there is none.
    var time: Interval?
    /// The timer of the time limit, or nil if no timer is running.
    var deadline: Int?
    /// Whether a pause is delaying one of the functions. If so, the whole time limit starts anew after the pause.
    var isSuspended = false
    var overdue: Failure?
    /// Whether a function has failed, so that no further function starts.
    var failed = false
    init(_ bodies: [Body], limit: Int, keepGoing: Bool) {
      self.bodies = bodies
      self.limit = max(1, limit)
      self.keepGoing = keepGoing
      results = bodies.map { _ in nil }
    }
  }

  /// Starts as many functions as are allowed to run at the same time, for a script that waits for them.
  mutating func gather(_ id: ScriptID, _ family: Family, _ outbox: inout Outbox) {
    self[id].waiting = .children(family)
    spawn(id, &outbox)
  }

  private mutating func spawn(_ id: ScriptID, _ outbox: inout Outbox) {
    while case .children(var family) = self[id].waiting, !family.failed, family.started < family.bodies.count,
      family.running.count < family.limit
    {
      let slot = family.started
      family.started += 1
      let script = Script(owner: .child(of: id, slot: slot), site: self[id].site, host: self[id].host)
      family.running.append(start(family.bodies[slot], on: .child, script, &outbox))
      self[id].waiting = .children(family)
    }
    answerIfDone(id, &outbox)
  }

  mutating func childEnded(of parent: ScriptID, _ slot: Int, _ child: ScriptID, _ result: ScriptResult, _ outbox: inout Outbox) {
    guard case .children(var family) = self[parent].waiting else { return }
    family.results[slot] = result
    family.running.removeAll { $0 == child }
    let fails = result.error != nil && !family.keepGoing && !family.failed
    if fails { family.failed = true }
    self[parent].waiting = .children(family)
    if fails, let error = result.error {
      for sibling in family.running { cancel(sibling, Failure(.cancelled, "another one failed: \(error.failure.message)"), &outbox) }
    }
    spawn(parent, &outbox)
  }

  /// Gives the waiting script its answer when all of its functions have ended.
  private mutating func answerIfDone(_ id: ScriptID, _ outbox: inout Outbox) {
    guard case .children(let family) = self[id].waiting, family.running.isEmpty, family.failed || family.started == family.bodies.count
    else { return }
    if let deadline = family.deadline { outbox.forget(timer: deadline) }
    let missed = ScriptResult.raised(ScriptError(Failure(.cancelled, "skipped because another one failed first")))
    answer(id, .results(family.results.map { $0 ?? missed }), &outbox)
  }

  mutating func cancelChildren(of id: ScriptID, _ reason: Failure, _ outbox: inout Outbox) {
    guard case .children(var family) = self[id].waiting else { return }
    family.failed = true
    self[id].waiting = .children(family)
    for child in family.running { cancel(child, reason, &outbox) }
    answerIfDone(id, &outbox)
  }

  /// Handles the end of the time limit of a `within`.
  mutating func overdue(_ id: ScriptID, _ outbox: inout Outbox) {
    guard case .children(var family) = self[id].waiting, let reason = family.overdue else { return }
    family.deadline = nil
    self[id].waiting = .children(family)
    for child in family.running { cancel(child, reason, &outbox) }
  }

  // MARK: pauses

  /// Stops the timer of every `within` that contains this script, because a pause delays the script.
  mutating func suspendDeadlines(around id: ScriptID, _ outbox: inout Outbox) {
    var id = id
    while case .child(let parent, _) = self[id].owner {
      id = parent
      guard case .children(var family) = self[id].waiting, let deadline = family.deadline else { continue }
      outbox.forget(timer: deadline)
      (family.deadline, family.isSuspended) = (nil, true)
      self[id].waiting = .children(family)
    }
  }

  /// Starts the stopped timers anew after a pause, with the whole time limit, because it is unknown how much of it was left.
  mutating func renewDeadlines(_ outbox: inout Outbox) {
    for id in parents {
      guard case .children(var family) = self[id].waiting, family.isSuspended, let time = family.time else { continue }
      family.deadline = outbox.ring(.deadline(of: id), after: time)
      family.isSuspended = false
      self[id].waiting = .children(family)
    }
  }
}
