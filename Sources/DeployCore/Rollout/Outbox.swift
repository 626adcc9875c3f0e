import DeployModel

/// The effects that the core wants, in order, and who waits for the end of each effect. Intents and timers are numbered from 1. The number
/// 0 stands for none.
struct Outbox: Sendable, Hashable {
  /// Who waits for the end of an operation.
  enum Waiter: Sendable, Hashable {
    case nobody
    case lock(Int)
    case unlock(Int)
    case upload(Int)
    case prune(Int)
    case host(Int)
    case script(ScriptID)
    /// A check of the open gate, by its slot.
    case check(Int)
    case park(Int)
    case unpark(Int)
    /// A host that is asked to record a stage's mark.
    case mark(Int)

    /// The host whose part of the deployment includes the operation, or nil if the operation belongs to a script, a gate, parking or
    /// nobody.
    var host: Int? {
      switch self {
      case .lock(let host), .unlock(let host), .upload(let host), .prune(let host), .host(let host): host
      case .nobody, .script, .check, .park, .unpark, .mark: nil
      }
    }

    /// Whether a refusal because of the host's fence means that a newer deployment has taken over the host. A refusal to grant the lock
    /// only means that the plan is out of date: nothing has begun, and the deployment releases the locks that it holds.
    var isAtWork: Bool {
      switch self {
      case .nobody, .lock: false
      default: true
      }
    }
  }

  /// Who waits for a timer.
  enum Ring: Sendable, Hashable {
    case nobody
    case sleep(ScriptID)
    case deadline(of: ScriptID)
    case grace(of: ScriptID)
    case pause
    /// The open gate, for its deadline or its next check.
    case gate
    /// A check function, for its time limit.
    case check(slot: Int, ScriptID)
    /// A round of checks, for its time limit, with the numbers of the gate and the timer.
    case round(gate: Int, Int)
    /// The script of the traffic adapter, for its time limit.
    case traffic
    /// A function that undoes a stage, for its time limit.
    case undo
    /// The functions that run after the deployment, for their time limit.
    case notices
    /// The beginning or the end of a freeze.
    case freeze
  }

  private(set) var effects: [Effect] = []
  private var waiters: [Waiter] = [.nobody]
  private var rings: [Ring] = [.nobody]

  /// Returns all effects since the last call, and removes them.
  mutating func drain() -> [Effect] {
    let wanted = effects
    effects = []
    return wanted
  }

  mutating func add(_ effect: Effect) { effects.append(effect) }

  mutating func note(_ note: Note) { effects.append(.note(note)) }

  /// Adds an operation to the effects.
  /// - Parameter timeout: the time limit, or nil for the operation's standard limit.
  /// - Returns: the number of its intent.
  mutating func perform(
    _ place: Place, _ operation: DeployModel.Operation, for waiter: Waiter, site: Intent.Site, timeout: Interval? = nil
  ) -> Int {
    let id = waiters.count
    waiters.append(waiter)
    effects.append(
      .perform(Intent(id: id, place: place, operation: operation, timeout: timeout ?? Deadlines.standard(for: operation), site: site)))
    return id
  }

  /// Adds a timer to the effects.
  /// - Returns: the timer's number.
  mutating func ring(_ ring: Ring, after interval: Interval) -> Int {
    let id = rings.count
    rings.append(ring)
    effects.append(.ring(timer: id, after: interval))
    return id
  }

  /// Removes and returns the waiter of an operation that has ended.
  mutating func ended(intent: Int) -> Waiter {
    guard intent < waiters.count else { return .nobody }
    defer { waiters[intent] = .nobody }
    return waiters[intent]
  }

  /// Removes and returns the waiter of a timer that rang.
  mutating func rang(timer: Int) -> Ring {
    guard timer < rings.count else { return .nobody }
    defer { rings[timer] = .nobody }
    return rings[timer]
  }

  /// Whether a timer starts anew after a resume, because time without a running engine does not count.
  func beginsAnew(timer: Int) -> Bool {
    guard timer < rings.count else { return false }
    switch rings[timer] {
    case .check, .round: return true
    default: return false
    }
  }

  /// Removes the waiter of a timer.
  mutating func forget(timer: Int) { rings[timer] = .nobody }

  /// Removes the waiters of operations that meet the condition.
  mutating func forget(where isMeant: (Waiter) -> Bool) {
    for intent in waiters.indices where isMeant(waiters[intent]) { waiters[intent] = .nobody }
  }

  /// Whether no operation is under way and no timer would begin an operation. The timers of the open gate, of freezes, of notices and of
  /// checks do not count.
  var isIdle: Bool {
    guard waiters.allSatisfy({ $0 == .nobody }) else { return false }
    return rings.allSatisfy { ring in
      switch ring {
      case .nobody, .gate, .freeze, .notices, .check, .round: true
      case .sleep, .deadline, .grace, .pause, .traffic, .undo: false
      }
    }
  }

  /// Cancels an operation whose outcome nobody waits for.
  mutating func abandon(intent: Int) {
    waiters[intent] = .nobody
    effects.append(.cancel(intent: intent))
  }

  /// Cancels the operations under way whose waiters meet the condition.
  mutating func cancel(where isMeant: (Waiter) -> Bool) {
    for intent in waiters.indices where isMeant(waiters[intent]) { effects.append(.cancel(intent: intent)) }
  }
}
