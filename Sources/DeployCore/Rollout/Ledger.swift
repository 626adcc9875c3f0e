package import DeployModel

/// Keeps the order of writing and acting in one deployment, as a value. An event is in the journal before the core gets it, and an effect
/// is in the journal before it is performed (P2 in docs/promises.md). A driver asks for the next move, carries it out, and asks again.
package struct Ledger {
  /// The driver's next action.
  package enum Move: Sendable, Hashable {
    /// Append these entries in one transaction. By asking for the next move, the driver confirms that the entries are durable. A driver
    /// that could not append them must not ask again.
    case append([Entry])
    /// Call `seal(chain:)` with the digest of the journal's last entry.
    case head
    case perform(Intent)
    case cancel(intent: Int)
    case ring(timer: Int, after: Interval)
    /// Tell the mailbox that a message is in the journal.
    case take(Message.ID)
    /// Report that the deployment has ended.
    indirect case end(Conclusion)
  }

  fileprivate enum Stage {
    /// There is nothing to do until something happens.
    case idle
    /// Entry 0, or the entry that says who resumes, has to be written.
    case opening
    /// The core has not yet received the event that starts the deployment.
    case starting
    /// The events in `batch` have to be written.
    case hearing
    /// The events in `batch` are written, and the core has to get them.
    case deciding
    /// The effects in `wanted` have to be split into `facts` and `acts`.
    case sealing
    /// The entries in `facts` have to be written.
    case writing
    /// The moves in `acts` have to be returned, from index `next` on.
    case acting
  }

  package let plan: Plan
  /// How the deployment ended, or nil if it has not ended.
  package private(set) var conclusion: Conclusion?
  private var conductor: Conductor
  private let lapse: Lapse?
  private var stage = Stage.opening
  /// The number of the next entry.
  private var sequence = 0
  private var heard: [Happening] = []
  /// The ids of the newest messages that are in the journal, oldest first.
  private var known: [Message.ID] = []
  /// Messages that the mailbox can delete, because they were delivered again or exceed the limit.
  private var superfluous: [Message.ID] = []
  private var batch: [Happening] = []
  private var wanted: [Effect] = []
  /// The digest of the journal's last entry. The outer value is nil if the driver has not passed the digest yet. The inner value is nil if
  /// the journal has no such digests.
  private var chain: Digest??
  private var facts: [Entry.Fact]
  private var acts: [Move] = []
  private var next = 0

  /// Creates the ledger of a deployment that begins.
  /// - Parameter lapse: a rule that is disabled to test the checkers, or nil if no rule is disabled.
  package init(plan: Plan, scripts: any Scripts, lapse: Lapse? = nil) {
    self.plan = plan
    self.lapse = lapse
    conductor = Conductor(plan: plan, scripts: scripts, lapse: lapse)
    facts = [.planned(plan)]
  }

  /// Creates the ledger of a deployment whose engine is gone. Operations that were under way are requested again, which attaches to
  /// operations that are still running. Effects that the dead engine had not yet journalled are written and performed now.
  /// - Parameters:
  ///   - entries: the deployment's whole journal. Entry 0 has the plan.
  ///   - scripts: new scripts from the pinned sources.
  ///   - actor: who resumes the deployment, for the journal.
  ///   - claim: identifies this engine among the engines that try to resume a parked deployment.
  ///   - now: the current time. Timers ring when they would have rung without the interruption.
  /// - Throws: `Divergence` if the requests of the sources differ from the requests in the journal.
  package init(
    resuming entries: [Entry], of plan: Plan, scripts: any Scripts, actor: String, claim: String = "", at now: Timestamp,
    lapse: Lapse? = nil
  ) throws(Recovery.Divergence) {
    let recovery = try Recovery(replaying: entries, of: plan, scripts: scripts, lapse: lapse)
    self.plan = plan
    self.lapse = lapse
    conductor = recovery.conductor
    sequence = (entries.last?.sequence ?? -1) + 1
    let messages = entries.compactMap { if case .happened(let happening) = $0.fact { happening.message } else { nil } }
    known = Array(messages.suffix(Self.remembered))
    if let ended = recovery.conclusion {
      facts = []
      acts = [.end(ended)]
      stage = .acting
      return
    }
    facts = [.resumed(actor: actor)]
    // The engine died before the core had received the event that starts the deployment.
    guard recovery.hasStarted else { return }
    acts = recovery.outstanding.map { .perform($0) } + recovery.cancelled.map { .cancel(intent: $0) }
    // Without the minimum, a timer would get longer if the clock was set back in the meantime.
    for timer in recovery.timers {
      let left = min(timer.after, max(.zero, (timer.since + timer.after) - now))
      let isAnew = recovery.conductor.rollout.outbox.beginsAnew(timer: timer.number)
      acts.append(.ring(timer: timer.number, after: isAnew ? timer.after : left))
    }
    wanted = recovery.unjournalled
    stage = .sealing
    // Several engines might have this journal. The hosts decide which of them resumes.
    if recovery.conductor.rollout.isParking, lapse != .parkingForgotten { heard = [.unparks(by: actor, claim: claim)] }
    if recovery.conductor.rollout.reliesOnTraffic { heard.append(.revived) }
  }

  /// The largest number of messages that a deployment accepts before one of them answers a question, and the number of further
  /// cancellations that it accepts after that. The limit bounds the journal. A message that closes a gate makes room for new ones, so a
  /// deployment can ask any number of questions.
  package static let (messages, lateCancels) = (1000, 10)
  /// The number of messages that are remembered at least, so that a message that is delivered again is ignored. The number bounds the
  /// memory.
  package static let remembered = 2 * messages

  private mutating func remember(_ message: Message.ID) {
    known.append(message)
    if known.count >= 2 * Self.remembered { known.removeFirst(known.count - Self.remembered) }
  }

  /// Receives events. The next moves write them to the journal and pass them to the core. A message that is delivered again is ignored. It
  /// stays in its mailbox until its first delivery is in the journal.
  package mutating func take(_ happenings: [Happening]) {
    for happening in happenings {
      guard case .said(let message) = happening else {
        heard.append(happening)
        continue
      }
      if lapse == .messageTakenEarly { superfluous.append(message.id) }
      let waiting = (batch + heard).compactMap(\.message)
      let limit = Self.messages + (message.kind == .cancel ? Self.lateCancels : 0)
      if known.contains(message.id) || conductor.rollout.unsettled + waiting.count >= limit && !waiting.contains(message.id) {
        superfluous.append(message.id)
      } else if !waiting.contains(message.id) {
        heard.append(happening)
      }
    }
  }

  /// Receives the answer to `Move.head`.
  /// - Parameter chain: the digest of the journal's last entry, or nil if the journal has no such digests.
  package mutating func seal(chain: Digest?) { self.chain = .some(chain) }

  /// Returns the facts about the deployment that an operation on this host needs. On a host that goes back, operations are allowed to use
  /// the reserved disk space.
  package func site(of host: Int) -> HostSite {
    var site = plan.site(of: host)
    if !site.isPartner, case .restoring = conductor.rollout.statuses[host] { site.mayUseReserve = true }
    return site
  }

  /// The numbers of the hosts whose locks the deployment holds and is not releasing.
  package var lockedHosts: [Int] { conductor.rollout.lockedHosts }

  /// The number of the gate that a person has to answer, if nothing else is under way. Nil if the deployment needs an engine.
  package var parkableGate: Int? { conductor.rollout.parkableGate }

  /// Whether the deployment is being parked, is parked, or is being resumed after parking. In these states, the hosts decide whether this
  /// engine is allowed to continue.
  package var isParking: Bool { conductor.rollout.isParking }

  /// Whether hosts keep the parked deployment and nothing is left to write or perform, so that the engine can exit.
  package var isParked: Bool { conductor.rollout.isParked && stage.isIdle && heard.isEmpty }

  /// Whether no event is being handled. An engine stops running the deployment only in this state.
  package var isAtRest: Bool {
    switch stage {
    case .idle, .starting: true
    default: false
    }
  }

  /// Returns the driver's next move, or nil if there is nothing to do until something happens.
  /// - Parameter now: the time for entries and receipts.
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
        // A message that ends the deployment might already have arrived. It is handled first, so that the deployment ends before it has
        // begun anything.
        heard.append(.started)
        stage = .idle
      case .hearing:
        facts = batch.map { .happened($0) }
        stage = .deciding
        return append(at: now)
      case .deciding:
        for happening in batch {
          if let message = happening.message {
            remember(message)
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

  /// Splits the wanted effects into `facts` and `acts`. A receipt gets its time and the digest of the journal's last entry.
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

  /// Returns one move that appends all entries in `facts`.
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
