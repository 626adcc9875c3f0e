package import DeployModel

/// The order of writing and acting in one deployment, as a value. An event is written to the journal before the core gets it, and an effect
/// is written before it is performed (promise P2). A driver asks for the next move, carries it out, and asks again.
package struct Ledger {
  /// What the driver does next.
  package enum Move: Sendable, Hashable {
    /// Appends these entries in one transaction. By asking for the next move, the driver confirms that they are durable. A driver that
    /// could not append them does not ask again.
    case append([Entry])
    /// Passes the head of the journal's chain to `seal(chain:)`.
    case head
    case perform(Intent)
    case cancel(intent: Int)
    case ring(timer: Int, after: Interval)
    /// Tells the mailbox that a message is in the journal.
    case take(Message.ID)
    /// Tells that the deployment has ended.
    case end(Conclusion)
  }

  fileprivate enum Stage {
    /// Waits for something to happen.
    case idle
    /// Entry 0, or the entry that names who resumes, has to be written.
    case opening
    /// The core has to get its start event.
    case starting
    /// `batch` has to be written.
    case hearing
    /// `batch` is written, but the core has not got it yet.
    case deciding
    /// `wanted` has to be split into facts and acts.
    case sealing
    /// `facts` have to be written.
    case writing
    /// `acts` have to be done, from `next` on.
    case acting
  }

  package let plan: Plan
  /// How the deployment ended; nil: it has not ended.
  package private(set) var conclusion: Conclusion?
  private var conductor: Conductor
  private let lapse: Lapse?
  private var stage = Stage.opening
  /// Number of the next entry.
  private var sequence = 0
  private var heard: [Happening] = []
  /// Messages that are in the journal.
  private var known: [Message.ID] = []
  /// Messages that the mailbox need not keep, because they were delivered again or exceed the limit.
  private var superfluous: [Message.ID] = []
  private var batch: [Happening] = []
  private var wanted: [Effect] = []
  /// The head of the journal's chain. Outer nil: the driver has not passed it yet; inner nil: the journal keeps no chain.
  private var chain: Digest??
  private var facts: [Entry.Fact]
  private var acts: [Move] = []
  private var next = 0

  /// A deployment at its beginning.
  /// - Parameter lapse: a rule that is disabled, for tests of the checkers.
  package init(plan: Plan, scripts: any Scripts, lapse: Lapse? = nil) {
    self.plan = plan
    self.lapse = lapse
    conductor = Conductor(plan: plan, scripts: scripts, lapse: lapse)
    facts = [.planned(plan)]
  }

  /// A deployment whose engine is gone. Operations that were under way are performed again, which attaches to them. Effects that the last
  /// turn wanted but did not journal are written and done now.
  /// - Parameters:
  ///   - entries: the deployment's whole journal; entry 0 holds the plan.
  ///   - scripts: new scripts from the pinned sources.
  ///   - actor: who resumes it, for the record.
  ///   - claim: identifies this engine among the engines that try to resume a parked deployment.
  ///   - now: the present time; timers ring when they would have rung.
  /// - Throws: `Divergence` if the sources ask for something else than the journal recorded.
  package init(
    resuming entries: [Entry], of plan: Plan, scripts: any Scripts, actor: String, claim: String = "", at now: Timestamp,
    lapse: Lapse? = nil
  ) throws(Recovery.Divergence) {
    let recovery = try Recovery(replaying: entries, of: plan, scripts: scripts, lapse: lapse)
    self.plan = plan
    self.lapse = lapse
    conductor = recovery.conductor
    sequence = (entries.last?.sequence ?? -1) + 1
    for entry in entries { if case .happened(let happening) = entry.fact, let message = happening.message { known.append(message) } }
    if let ended = recovery.conclusion {
      facts = []
      acts = [.end(ended)]
      stage = .acting
      return
    }
    facts = [.resumed(actor: actor)]
    // The engine died before the core was told that it starts.
    guard recovery.hasStarted else { return }
    acts = recovery.outstanding.map { .perform($0) } + recovery.cancelled.map { .cancel(intent: $0) }
    // If the clock was set back meanwhile, no timer gets longer.
    for timer in recovery.timers {
      let left = min(timer.after, max(.zero, (timer.since + timer.after) - now))
      let isAnew = recovery.conductor.rollout.outbox.beginsAnew(timer: timer.number)
      acts.append(.ring(timer: timer.number, after: isAnew ? timer.after : left))
    }
    wanted = recovery.unjournalled
    stage = .sealing
    // Several engines may have its journal; its hosts say which one resumes.
    if recovery.conductor.rollout.isParking, lapse != .parkingForgotten { heard = [.unparks(by: actor, claim: claim)] }
    if recovery.conductor.rollout.reliesOnTraffic { heard.append(.revived) }
  }

  /// The most messages that one deployment takes. Beyond that, it only takes a few cancels.
  package static let (messages, lateCancels) = (1000, 10)

  /// Takes events, which the next moves write and pass to the core. A message that is delivered again is not passed again; it stays in its
  /// mailbox until its first delivery is in the journal.
  package mutating func take(_ happenings: [Happening]) {
    for happening in happenings {
      guard case .said(let message) = happening else {
        heard.append(happening)
        continue
      }
      if lapse == .messageTakenEarly { superfluous.append(message.id) }
      let waiting = (batch + heard).compactMap(\.message)
      let limit = Self.messages + (message.kind == .cancel ? Self.lateCancels : 0)
      if known.contains(message.id) || known.count + waiting.count >= limit && !waiting.contains(message.id) {
        superfluous.append(message.id)
      } else if !waiting.contains(message.id) {
        heard.append(happening)
      }
    }
  }

  /// The answer to `Move.head`.
  /// - Parameter chain: the chain's head; nil: the journal keeps no chain.
  package mutating func seal(chain: Digest?) { self.chain = .some(chain) }

  /// What every operation on this host needs to know about the deployment. A host that goes back may use the reserved disk space.
  package func site(of host: Int) -> HostSite {
    var site = plan.site(of: host)
    if !site.isPartner, case .restoring = conductor.rollout.statuses[host] { site.mayUseReserve = true }
    return site
  }

  /// Numbers of the hosts whose locks the deployment holds and is not giving back.
  package var lockedHosts: [Int] { conductor.rollout.lockedHosts }

  /// The gate that a person has to answer, if nothing else is under way; nil: the deployment needs an engine.
  package var parkableGate: Int? { conductor.rollout.parkableGate }

  /// Whether the deployment is being parked, is parked, or is being resumed from that. Its hosts then decide whether this engine may
  /// continue.
  package var isParking: Bool { conductor.rollout.isParking }

  /// Whether hosts keep the deployment and nothing is left to write or do, so that the engine may leave.
  package var isParked: Bool { conductor.rollout.isParked && stage.isIdle && heard.isEmpty }

  /// Whether no turn is under way. An engine only leaves the deployment at such a point.
  package var isAtRest: Bool {
    switch stage {
    case .idle, .starting: true
    default: false
    }
  }

  /// - Parameter now: the time of entries and receipts.
  /// - Returns: the next move; nil: there is nothing to do until something happens.
  package mutating func move(at now: Timestamp) -> Move? {
    while true {
      switch stage {
      case .idle:
        if let message = superfluous.popLast() { return .take(message) }
        guard !heard.isEmpty else { return nil }
        swap(&batch, &heard)
        stage = .hearing
      case .opening:
        stage = .starting
        return append(at: now)
      case .starting:
        // A message that ends the deployment may be there already. It comes first, so that the deployment ends before it begins.
        heard.append(.started)
        stage = .idle
      case .hearing:
        facts = batch.map { .happened($0) }
        stage = .deciding
        return append(at: now)
      case .deciding:
        for happening in batch {
          if let message = happening.message {
            known.append(message)
            acts.append(.take(message))
          }
          wanted += conductor.take(happening)
        }
        batch.removeAll(keepingCapacity: true)
        stage = .sealing
      case .sealing:
        if chain == nil, wanted.contains(where: \.isReceipt) { return .head }
        seal(at: now)
        stage = lapse == .effectBeforeEntry || facts.isEmpty ? .acting : .writing
      case .writing:
        stage = .acting
        return append(at: now)
      case .acting:
        guard next < acts.count else {
          acts.removeAll(keepingCapacity: true)
          next = 0
          stage = facts.isEmpty ? .idle : .writing
          continue
        }
        next += 1
        if case .end(let end) = acts[next - 1] { conclusion = end }
        return acts[next - 1]
      }
    }
  }

  /// Splits the wanted effects into facts and acts. A receipt gets its time, and its place in the chain.
  private mutating func seal(at now: Timestamp) {
    for effect in wanted {
      switch effect {
      case .perform(let intent):
        let intent = intent.sealed(at: now, chain: chain ?? nil)
        facts.append(.intended(intent))
        acts.append(.perform(intent))
      case .note(let note): facts.append(.noted(note))
      case .conclude(let end):
        facts.append(.concluded(end))
        acts.append(.end(end))
      case .cancel(let intent): acts.append(.cancel(intent: intent))
      case .ring(let timer, let after): acts.append(.ring(timer: timer, after: after))
      case .start, .step, .kill: break
      }
    }
    wanted.removeAll(keepingCapacity: true)
    chain = nil
  }

  /// Puts all waiting facts into one append.
  private mutating func append(at now: Timestamp) -> Move {
    let entries = facts.enumerated().map { Entry(sequence: sequence + $0.offset, at: now, fact: $0.element) }
    sequence += entries.count
    facts.removeAll(keepingCapacity: true)
    return .append(entries)
  }
}

extension Ledger.Stage {
  fileprivate var isIdle: Bool { if case .idle = self { true } else { false } }
}

extension Happening {
  fileprivate var message: Message.ID? { if case .said(let message) = self { message.id } else { nil } }
}

extension Effect {
  fileprivate var isReceipt: Bool {
    if case .perform(let intent) = self, case .record = intent.operation { true } else { false }
  }
}
