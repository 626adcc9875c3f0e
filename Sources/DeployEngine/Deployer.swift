package import DeployCore
package import DeployModel

/// Joins one rollout to the world: takes one batch of outside events, journals it, lets the core decide, journals what it wants,
/// then does it. The only loop, and the only place with tasks.
package actor Deployer {
  private let plan: Plan
  private let ports: Ports
  private let feed: Feed
  private var conductor: Conductor
  private var inbox: [Happening] = []
  private var waiting: CheckedContinuation<Void, Never>?
  private var timers: [Int: Task<Void, Never>] = [:]
  private var running: [Int: Intent] = [:]
  private var sequence = 0
  private var conclusion: Conclusion?
  private var detached = false
  private let (chunks, spool) = AsyncStream.makeStream(of: OutputChunk.self)

  /// - Parameter scripts: made here, because scripts belong to whoever steps them and to nobody else.
  package init(plan: Plan, ports: Ports, feed: Feed, scripts: @Sendable (Plan) throws -> any Scripts) throws {
    self.plan = plan
    self.ports = ports
    self.feed = feed
    conductor = Conductor(plan: plan, scripts: try scripts(plan))
  }

  /// Runs a deployment from its beginning to its end.
  /// - Returns: nil when somebody detached; the deployment can be resumed then.
  /// - Throws: `Failure` where the journal cannot be written; hosts keep what they were last told.
  package func deploy() async throws(Failure) -> Conclusion? {
    try await append([.planned(plan)])
    inbox.append(.started)
    return try await loop()
  }

  /// Goes on with a deployment whose engine is gone.
  /// - Parameters:
  ///   - entries: its whole journal.
  ///   - scripts: made anew from the pinned sources.
  package func resume(_ entries: [Entry], scripts: @Sendable (Plan) throws -> any Scripts) async throws -> Conclusion? {
    let recovery = try Recovery(replaying: entries, of: plan, scripts: try scripts(plan))
    conductor = recovery.conductor
    sequence = (entries.last?.sequence ?? -1) + 1
    if let ended = recovery.conclusion { return ended }
    guard entries.contains(where: { if case .happened = $0.fact { true } else { false } }) else {
      inbox.append(.started)
      return try await loop()
    }
    try await append([.resumed(actor: ports.actor)])
    let now = ports.clock.now()
    for intent in recovery.outstanding { perform(intent) }
    for intent in recovery.cancelled { cancel(intent: intent) }
    for timer in recovery.timers {
      ring(timer.number, after: max(.zero, Interval(milliseconds: timer.after.milliseconds.minus((now - timer.since).milliseconds))))
    }
    try await carryOut(recovery.unjournalled)
    return try await loop()
  }

  /// Ends the deployment in good order: nothing new is started, hosts in their lifecycle are restored, locks are given back.
  package func cancel(reason: String) {
    post(.cancelled(reason: reason))
  }

  /// Leaves the deployment as it is; jobs on hosts go on.
  package func detach() {
    detached = true
    wake()
  }

  // MARK: The loop

  private func loop() async throws(Failure) -> Conclusion? {
    let spooler = Task { [ports, plan, chunks] in for await chunk in chunks { await ports.journal.spool(chunk, of: plan.id) } }
    defer { for timer in timers.values { timer.cancel() } }
    try await turns()
    // What hooks wrote is kept before anybody is told that the deployment ended (promise P9).
    spool.finish()
    await spooler.value
    return conclusion
  }

  private func turns() async throws(Failure) {
    while conclusion == nil {
      if detached { return }
      if inbox.isEmpty { await withCheckedContinuation { waiting = $0 } }
      let batch = inbox
      inbox = []
      if batch.isEmpty { continue }
      try await append(batch.map { .happened($0) })
      var effects: [Effect] = []
      for happening in batch where conclusion == nil { effects += conductor.take(happening) }
      try await carryOut(effects)
    }
  }

  private func post(_ happening: Happening) {
    inbox.append(happening)
    wake()
  }

  private func wake() {
    waiting?.resume()
    waiting = nil
  }

  /// Writes down what is wanted, in one transaction; then does it (promise P2).
  private func carryOut(_ effects: [Effect]) async throws(Failure) {
    let now = ports.clock.now()
    var chain: Digest?
    if effects.contains(where: { if case .perform(let intent) = $0, case .record = intent.operation { true } else { false } }) {
      chain = await ports.journal.head(of: plan.id)
    }
    var sealed = effects
    var facts: [Entry.Fact] = []
    for (index, effect) in effects.enumerated() {
      switch effect {
      case .perform(let intent):
        let intent = intent.sealed(at: now, chain: chain)
        sealed[index] = .perform(intent)
        facts.append(.intended(intent))
      case .note(let note): facts.append(.noted(note))
      case .conclude(let end): facts.append(.concluded(end))
      default: break
      }
    }
    try await append(facts)
    for effect in sealed {
      switch effect {
      case .perform(let intent): perform(intent)
      case .cancel(let intent): cancel(intent: intent)
      case .ring(let timer, let after): ring(timer, after: after)
      case .conclude(let end): conclusion = end
      default: break
      }
    }
  }

  private func append(_ facts: [Entry.Fact]) async throws(Failure) {
    guard !facts.isEmpty else { return }
    let now = ports.clock.now()
    let entries = facts.enumerated().map { Entry(sequence: sequence + $0.offset, at: now, fact: $0.element) }
    sequence += entries.count
    try await ports.journal.append(entries, to: plan.id)
    for entry in entries { feed.entry(plan.id, entry) }
  }

  // MARK: The world

  private func perform(_ intent: Intent) {
    running[intent.id] = intent
    let (plan, ports, feed, spool) = (plan, ports, feed, spool)
    let goesBack =
      if case .host(let number) = intent.place, case .restoring = conductor.rollout.statuses[number] { true } else { false }
    let output: @Sendable (OutputChunk) -> Void = { chunk in
      spool.yield(chunk)
      feed.output(plan.id, chunk)
    }
    Task { [weak self] in
      let outcome: Outcome
      switch intent.place {
      case .host(let number):
        var site = plan.site(of: number)
        if goesBack { site.mayUseReserve = true }
        outcome = await ports.transport.perform(intent, at: site, output: output)
      case .engine: outcome = await ports.machine.perform(intent, of: plan.id, output: output)
      }
      await self?.finished(intent, outcome)
    }
  }

  private func finished(_ intent: Intent, _ outcome: Outcome) {
    guard running.removeValue(forKey: intent.id) != nil, !detached else { return }
    post(.finished(intent: intent.id, outcome))
  }

  private func cancel(intent id: Int) {
    guard let intent = running[id] else { return }
    let (plan, ports) = (plan, ports)
    Task {
      switch intent.place {
      case .host(let number): await ports.transport.cancel(id, at: plan.site(of: number))
      case .engine: await ports.machine.cancel(id, of: plan.id)
      }
    }
  }

  private func ring(_ timer: Int, after interval: Interval) {
    let clock = ports.clock
    timers[timer] = Task { [weak self] in
      await clock.sleep(interval)
      if !Task.isCancelled { await self?.rang(timer) }
    }
  }

  private func rang(_ timer: Int) {
    timers[timer] = nil
    post(.rang(timer: timer))
  }
}
