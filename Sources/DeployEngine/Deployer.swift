package import DeployCore
package import DeployModel

/// Connects one deployment to the outside world: carries out the ledger's moves and passes events to the ledger. All loops and tasks of a
/// deployment are here.
package actor Deployer {
  private let plan: Plan
  private let ports: Ports
  /// The engines that ran the deployment before, or nil if the deployment is new.
  private let earlier: EarlierEngines?
  private let feed: Feed
  private var ledger: Ledger
  private var inbox: [Happening] = []
  private var waiting: CheckedContinuation<Void, Never>?
  private var timers: [Int: Task<Void, Never>] = [:]
  private var running: [Int: Intent] = [:]
  private var answers: [Message.ID: MessageAnswer] = [:]
  /// The notes of the earlier engine, until `run` has read them.
  private var past: [Entry]
  private var awaited = Awaited()
  private var detached = false
  private let staying: Staying
  /// The first message for the deployment, or nil if there is none.
  private let first: Message?
  /// The number of the open gate, the time at which the gate closes, and the people whose signatures it requires (empty if it requires
  /// none). Nil if no gate is open.
  private var open: (number: Int, until: Timestamp, from: [String])?
  /// What hosts record about the last parking, or nil if the deployment was never parked.
  private var parked: Parked?
  /// The gate at which the engine is about to exit, and the task that waits until the engine exits. Nil if the engine stays.
  private var leaving: (gate: Int, task: Task<Void, Never>)?
  private let (chunks, spool) = AsyncStream.makeStream(of: OutputChunk.self)

  /// Creates the driver of a deployment that begins, or of a deployment whose engine is gone.
  /// - Parameters:
  ///   - entries: the whole journal of the deployment to resume, or nil if the deployment begins.
  ///   - claim: identifies this engine among the engines that try to resume a parked deployment.
  ///   - staying: how long the engine stays at a gate that waits for a person.
  ///   - message: the first message for the deployment, or nil if there is none.
  ///   - scripts: creates the scripts. It is called here, because only this actor is allowed to run them.
  ///   - lapse: a rule that is disabled to test the checkers, or nil if no rule is disabled.
  /// - Throws: what `scripts` throws, or `Recovery.Divergence` if the requests of the sources differ from the requests in the journal.
  package init(
    plan: Plan, resuming entries: [Entry]? = nil, claim: String = "", ports: Ports, feed: Feed, staying: Staying = .always,
    saying message: Message? = nil, lapse: Lapse? = nil,
    scripts: @Sendable (Plan) throws -> any Scripts
  ) throws {
    self.plan = plan
    self.ports = ports
    self.feed = feed
    self.staying = staying
    first = message
    earlier = entries.map { EarlierEngines($0) }
    past = entries?.filter { if case .noted = $0.fact { true } else { false } } ?? []
    ledger =
      if let entries {
        try Ledger(
          resuming: entries, of: plan, scripts: scripts(plan), actor: ports.actor, claim: claim, at: ports.clock.now(), lapse: lapse)
      } else {
        Ledger(plan: plan, scripts: try scripts(plan), lapse: lapse)
      }
  }

  /// Runs the deployment to its end.
  /// - Returns: the conclusion, or nil if the engine was detached or hosts keep the deployment (`isParked`). In both cases, the deployment
  ///   can be resumed.
  /// - Throws: `Failure` if the journal cannot be written. The hosts then stay in their last state.
  package func run() async throws(Failure) -> Conclusion? {
    try await ports.machine.attend(plan.id, after: earlier)
    for entry in past { remember(entry) }
    past = []
    if let first { ledger.take([.said(await verified(first))]) }
    let spooler = Task { [ports, plan, chunks] in for await chunk in chunks { await ports.journal.spool(chunk, of: plan.id) } }
    for mailbox in ports.mailboxes { await mailbox.tell(awaited, of: plan.id) }
    let listeners = ports.mailboxes.map { mailbox in
      Task { [weak self, plan] in for await message in mailbox.messages(for: plan.id) { await self?.hear(message) } }
    }
    let locks = ports.mailboxes.map { mailbox in
      Task { [weak self, plan] in for await failure in mailbox.overtaken(plan.lock.token) { await self?.lostLock(failure) } }
    }
    defer {
      for lock in locks { lock.cancel() }
      for listener in listeners { listener.cancel() }
      for timer in timers.values { timer.cancel() }
      leaving?.task.cancel()
    }
    // For a parked deployment, the hosts first decide which engine resumes it.
    for host in ledger.isParking ? [] : ledger.lockedHosts {
      let site = ledger.site(of: host)
      Task { [ports] in await ports.transport.keepLock(at: site) }
    }
    try await turns()
    if ledger.conclusion != nil {
      for mailbox in ports.mailboxes { await mailbox.close(plan.id) }
      await ports.machine.forget(plan.id)
    }
    // The output of hooks is stored before anybody learns that the deployment has ended (P9 in docs/promises.md).
    spool.finish()
    await spooler.value
    return ledger.conclusion
  }

  /// Whether hosts keep the deployment until a person has answered, so that the deployment needs no engine.
  package var isParked: Bool { ledger.isParked }

  /// Cancels the deployment in an orderly way: nothing new starts, hosts that are being changed are restored, and locks are released.
  package func cancel(reason: String) {
    post(.cancelled(reason: reason))
  }

  /// Leaves the deployment as it is. Jobs on hosts continue.
  package func detach() {
    detached = true
    wake()
  }

  // MARK: The loop

  private func turns() async throws(Failure) {
    while ledger.conclusion == nil {
      if inbox.contains(where: \.mayMoveOn) { await verifyLocks() }
      ledger.take(inbox)
      inbox = []
      while let move = ledger.move(at: ports.clock.now()) {
        try await carryOut(move)
        if detached, ledger.isAtRest { return }
      }
      if detached { return }
      if inbox.isEmpty, ledger.isParked {
        guard let reason = await entrust() else {
          // An event has arrived in the meantime, so the engine stays.
          if inbox.isEmpty { return }
          continue
        }
        post(.unparks(by: ports.actor, claim: "", reason: reason))
        continue
      }
      leaveOrStay()
      if inbox.isEmpty, ledger.conclusion == nil { await withCheckedContinuation { waiting = $0 } }
    }
  }

  /// Asks whether a newer deployment has taken over the hosts, in case this process was stopped or its machine was asleep.
  private func verifyLocks() async {
    for mailbox in ports.mailboxes {
      guard let failure = await mailbox.verify(plan.lock.token, lease: plan.lock.lease) else { continue }
      inbox.insert(.overtaken(failure), at: 0)
      return
    }
  }

  private func post(_ happening: Happening) {
    inbox.append(happening)
    wake()
  }

  private func hear(_ message: Message) async {
    if !detached { post(.said(await verified(message))) }
  }

  /// Returns a message with its verified signer. A signer that the sender stated is removed.
  private func verified(_ message: Message) async -> Message {
    var message = message
    message.signer = nil
    guard message.kind == .approve, let signature = message.signature, let open, message.number == open.number, !open.from.isEmpty,
      let sources = try? await ports.bundles.sources(plan.content.inputs.sources),
      let signers = sources.first(where: { $0.path.isExactly(SignedApproval.signers) })
    else { return message }
    message.signer = await ports.signatures.signer(
      of: SignedApproval.statement(plan.id, gate: open.number), signature: signature, among: signers.text, as: open.from)
    return message
  }

  private func lostLock(_ failure: Failure) {
    if !detached { post(.overtaken(failure)) }
  }

  /// Records what later steps need from an entry: the open gate, what the deployment is waiting for, and the answer to a message. The
  /// answer is kept until the mailbox gets it.
  private func remember(_ entry: Entry) {
    awaited.take(entry.fact)
    switch entry.fact {
    case .noted(.gateOpened(let number, let gate)): open = (number, entry.at + gate.time, gate.from ?? [])
    case .noted(.gateClosed): open = nil
    case .intended(let intent): if case .park(let request) = intent.operation { parked = request.parked }
    default: break
    }
    guard case .noted(.answered(let message, let accepted, let words)) = entry.fact else { return }
    answers[message] = MessageAnswer(accepted: accepted, words)
  }

  /// Starts the timer after which the engine exits if only a person's answer is missing, and stops the timer otherwise.
  private func leaveOrStay() {
    let gate = ledger.parkableGate
    guard gate != leaving?.gate else { return }
    leaving?.task.cancel()
    leaving = nil
    guard let gate, let limit = staying.limit, let open, open.number == gate, open.until - ports.clock.now() > limit else { return }
    let clock = ports.clock
    let task = Task { [weak self] in
      await clock.sleep(limit)
      if !Task.isCancelled { await self?.leave(gate) }
    }
    leaving = (gate, task)
  }

  /// Sends the journal to hosts, so that any engine can resume the deployment.
  /// - Returns: why hosts do not keep it, or nil if they keep it.
  private func entrust() async -> String? {
    // If this engine tried to resume a parked deployment and failed, it has nothing to send.
    guard let parked else { return nil }
    let sites = ledger.lockedHosts.map { ledger.site(of: $0) }
    return await Entrusting(ports: ports).entrust(parked, to: sites)
  }

  private func leave(_ gate: Int) {
    guard ledger.parkableGate == gate, inbox.isEmpty, let open, open.number == gate else { return }
    post(.parks(Parking(at: ports.clock.now(), until: open.until)))
  }

  private func wake() {
    waiting?.resume()
    waiting = nil
  }

  private func carryOut(_ move: Ledger.Move) async throws(Failure) {
    switch move {
    case .append(let entries):
      try await ports.journal.append(entries, to: plan.id)
      let before = awaited
      for entry in entries {
        feed.entry(plan.id, entry)
        remember(entry)
      }
      if awaited != before { for mailbox in ports.mailboxes { await mailbox.tell(awaited, of: plan.id) } }
    case .head: ledger.seal(chain: await ports.journal.head(of: plan.id))
    case .perform(let intent): perform(intent)
    case .cancel(let intent): cancel(intent: intent)
    case .ring(let timer, let after): ring(timer, after: after)
    case .take(let message):
      let answer = answers[message]
      for mailbox in ports.mailboxes { await mailbox.take(message, of: plan.id, answer: answer) }
    case .end: break
    }
  }

  // MARK: The world

  private func perform(_ intent: Intent) {
    running[intent.id] = intent
    let (plan, ports, feed, spool) = (plan, ports, feed, spool)
    let site: HostSite? = if case .host(let number) = intent.place { ledger.site(of: number) } else { nil }
    let output: @Sendable (OutputChunk) -> Void = { chunk in
      spool.yield(chunk)
      feed.output(plan.id, chunk)
    }
    Task { [weak self] in
      let outcome =
        if let site {
          await ports.transport.perform(intent, at: site, output: output)
        } else {
          await ports.machine.perform(intent, of: plan.id, output: output)
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

extension Happening {
  /// Whether the event might lead to an action that no host can refuse: moving traffic, or beginning a wave on this machine's decision
  /// alone.
  fileprivate var mayMoveOn: Bool {
    switch self {
    case .rang: true
    case .said(let message): message.kind.leadsFurther
    default: false
    }
  }
}
