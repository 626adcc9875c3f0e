import DeployModel

/// The running scripts: who started each script, what it waits for, and what follows when it ends. The tree answers and cancels scripts.
/// Work that only the rollout can do is returned to the rollout as a move.
struct ScriptTree: Sendable, Hashable {
  /// The part of the rollout that handles the end of a script.
  enum Owner: Sendable, Hashable {
    case hook(host: Int)
    case condition
    case stage
    case strategy
    case notice
    /// A check function of the open gate, by the slot of the check.
    case check(slot: Int)
    /// A function of the traffic adapter.
    case traffic
    case child(of: ScriptID, slot: Int)
  }

  /// Work that a script's step leaves to the rollout.
  enum Move: Sendable, Hashable {
    /// The script waits for an operation, which the rollout has to begin.
    case perform(ScriptID, Place, DeployModel.Operation, timeout: Interval?)
    case decide(ScriptID, Decision)
    /// A script has ended, and no other script waits for it.
    case ended(Owner, ScriptResult)
  }

  enum Waiting: Sendable, Hashable {
    /// The script is running its step.
    case nothing
    case intent(Int)
    case timer(Int)
    indirect case children(Family)
    /// The script waits for the answer to its decision.
    case decision
    /// The script waits for the end of a pause, after which its request begins.
    case held
  }

  struct Script: Sendable, Hashable {
    var owner: Owner
    var site: Intent.Site
    var host: Int?
    var waiting = Waiting.nothing
    /// The machine that performs the script's last operation, or nil if the script has requested no operation.
    var asked: Place?
    /// Why the script has to end, or nil if it does not have to.
    var cancelled: Failure?
    /// Whether the script has been given the reason in `cancelled`.
    var told = false
    /// How many of the script's decisions were refused.
    var refused = 0
    /// The number of the script's requests.
    var asks = 0
    var grace: Int?
    var ended = false
  }

  /// The scripts by their numbers. Number 0 is not used.
  private var scripts: [Script] = [Script(owner: .condition, site: Intent.Site(), ended: true)]
  /// The number of running scripts for which no other script waits.
  private(set) var activeRoots = 0

  subscript(_ id: ScriptID) -> Script {
    _read { yield scripts[id] }
    _modify { yield &scripts[id] }
  }

  /// Returns the owner of the outermost script that waits for this script or, if no script waits for it, the owner of this script.
  func owner(of id: ScriptID) -> Owner {
    var id = id
    while case .child(let parent, _) = scripts[id].owner { id = parent }
    return scripts[id].owner
  }

  /// Whether a script, or a script that it started, is waiting for an operation on this machine.
  func waits(_ id: ScriptID, for place: Place) -> Bool {
    switch scripts[id].waiting {
    case .intent: scripts[id].asked == place
    case .children(let family): family.running.contains { waits($0, for: place) }
    default: false
    }
  }

  /// The scripts that are waiting for functions they started. A script that started earlier comes first.
  var parents: [ScriptID] {
    scripts.indices.filter { if case .children = scripts[$0].waiting { !scripts[$0].ended } else { false } }
  }

  /// The running scripts for which no other script waits. A script that started earlier comes first.
  var roots: [ScriptID] {
    scripts.indices.filter { id in
      if case .child = scripts[id].owner { return false }
      return !scripts[id].ended
    }
  }

  /// Starts a script for which no other script waits.
  mutating func startRoot(
    _ body: Body, on subject: Subject, owner: Owner, site: Intent.Site, _ outbox: inout Outbox
  ) -> ScriptID {
    activeRoots += 1
    var host: Int?
    if case .host(let number) = subject { host = number }
    return start(body, on: subject, Script(owner: owner, site: site, host: host), &outbox)
  }

  mutating func start(_ body: Body, on subject: Subject, _ script: Script, _ outbox: inout Outbox) -> ScriptID {
    scripts.append(script)
    let id = scripts.count - 1
    outbox.add(.start(id, body, subject))
    outbox.add(.step(id, .begin))
    return id
  }

  /// Gives a waiting script its answer. A cancelled script first gets the reason why it has to end.
  mutating func answer(_ id: ScriptID, _ answer: Answer, _ outbox: inout Outbox) {
    guard !scripts[id].ended else { return }
    scripts[id].waiting = .nothing
    guard let reason = scripts[id].cancelled, !scripts[id].told else { return outbox.add(.step(id, answer)) }
    scripts[id].told = true
    scripts[id].grace = outbox.ring(.grace(of: id), after: Deadlines.grace)
    outbox.add(.step(id, .cancel(reason)))
  }

  /// Handles a script's step.
  /// - Returns: the work that is left for the rollout, or nil if there is none.
  mutating func stepped(_ id: ScriptID, _ step: Step, _ outbox: inout Outbox) -> Move? {
    for line in step.log { outbox.note(.log(host: scripts[id].host, line)) }
    guard !scripts[id].ended else { return nil }
    switch step.next {
    case .ended(let result): return end(id, result, &outbox)
    case .asked(let request):
      if scripts[id].cancelled != nil, !scripts[id].told {
        answer(id, .begin, &outbox)
        return nil
      }
      return ask(id, request, &outbox)
    }
  }

  /// The largest number of requests of one function. The limit on instructions starts anew with each request, so without this limit a
  /// function that makes requests in a loop could run forever.
  static let mostRequests = 100_000

  private mutating func ask(_ id: ScriptID, _ request: Request, _ outbox: inout Outbox) -> Move? {
    scripts[id].asks += 1
    if scripts[id].asks > Self.mostRequests {
      let often = "the function asked \(Self.mostRequests) times for something, and did not come to an end"
      return abort(id, Failure(.failed, often, fix: "look for a loop without an end around what waits"), &outbox)
    }
    switch request {
    case .perform(let place, let operation, let timeout): return .perform(id, place, operation, timeout: timeout)
    case .decide(let decision): return .decide(id, decision)
    case .sleep(let interval): sleep(id, interval, &outbox)
    case .spawn(let bodies, let limit, let keepGoing): gather(id, Family(bodies, limit: limit, keepGoing: keepGoing), &outbox)
    case .within(let interval, let body):
      var family = Family([body], limit: 1, keepGoing: false)
      family.time = interval
      family.deadline = outbox.ring(.deadline(of: id), after: interval)
      family.overdue = Failure(.timeout, "not done within \(interval)")
      gather(id, family, &outbox)
    }
    return nil
  }

  mutating func sleep(_ id: ScriptID, _ interval: Interval, _ outbox: inout Outbox) {
    scripts[id].waiting = .timer(outbox.ring(.sleep(id), after: interval))
  }

  // MARK: the end of a script

  mutating func end(_ id: ScriptID, _ result: ScriptResult, _ outbox: inout Outbox) -> Move? {
    scripts[id].ended = true
    scripts[id].waiting = .nothing
    if let grace = scripts[id].grace { outbox.forget(timer: grace) }
    if case .child(let parent, let slot) = scripts[id].owner {
      childEnded(of: parent, slot, id, result, &outbox)
      return nil
    }
    activeRoots -= 1
    return .ended(scripts[id].owner, result)
  }

  /// Ends a script immediately, without a further step.
  mutating func cut(_ id: ScriptID, _ error: ScriptError, _ outbox: inout Outbox) -> Move? {
    outbox.add(.kill(id))
    return end(id, .raised(error), &outbox)
  }

  /// Asks a script to end. A script that waits for a time or for the end of a pause gets the reason immediately. Any other script gets it
  /// as soon as its operation has ended.
  mutating func cancel(_ id: ScriptID, _ reason: Failure, _ outbox: inout Outbox) {
    guard !scripts[id].ended, scripts[id].cancelled == nil else { return }
    scripts[id].cancelled = reason
    switch scripts[id].waiting {
    case .nothing, .decision: break
    case .intent(let intent): outbox.add(.cancel(intent: intent))
    case .timer(let timer):
      outbox.forget(timer: timer)
      answer(id, .slept, &outbox)
    case .held: answer(id, .slept, &outbox)
    case .children: cancelChildren(of: id, reason, &outbox)
    }
  }

  /// Ends a script whose clean-up took too long, together with all scripts that it started.
  mutating func graceEnded(_ id: ScriptID, _ outbox: inout Outbox) -> Move? {
    guard !scripts[id].ended else { return nil }
    return abort(id, scripts[id].cancelled ?? Failure(.cancelled, "cancelled"), &outbox)
  }

  /// Ends a script immediately, together with all scripts that it started and the operation for which it waits.
  mutating func abort(_ id: ScriptID, _ reason: Failure, _ outbox: inout Outbox) -> Move? {
    guard !scripts[id].ended else { return nil }
    dropWhatItWaitsFor(id, &outbox)
    return cut(id, ScriptError(reason), &outbox)
  }

  mutating func kill(_ id: ScriptID, _ outbox: inout Outbox) {
    scripts[id].ended = true
    dropWhatItWaitsFor(id, &outbox)
    outbox.add(.kill(id))
  }

  private mutating func dropWhatItWaitsFor(_ id: ScriptID, _ outbox: inout Outbox) {
    if case .intent(let intent) = scripts[id].waiting { outbox.abandon(intent: intent) }
    if case .children(let family) = scripts[id].waiting { for child in family.running { kill(child, &outbox) } }
  }
}

extension ScriptResult {
  var error: ScriptError? { if case .raised(let error) = self { error } else { nil } }
}
