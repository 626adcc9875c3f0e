import DeployModel

/// The effects that the core wants, in order, and who waits for each answer. Numbers intents and timers from 1; number 0 means none.
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
    /// A look of the gate that is open, by its slot.
    case look(Int)
    case park(Int)
    case unpark(Int)
    /// A host that is asked to remember a stage.
    case mark(Int)

    /// The host that the operation belongs to; nil: it belongs to no host, but to a script, a gate, parking or nobody.
    var host: Int? {
      switch self {
      case .lock(let host), .unlock(let host), .upload(let host), .prune(let host), .host(let host): host
      case .nobody, .script, .look, .park, .unpark, .mark: nil
      }
    }

    /// Whether a host's refusal of the fence means that a newer deployment took over. A refusal of the lock only means that the plan is too
    /// late: nothing was begun, and the held locks are given back.
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
    /// The deadline of the gate that is open, or its next look.
    case gate
    /// The limit of a function that looks, by its slot.
    case look(slot: Int, ScriptID)
    /// The end of the time for the looks of a round, by the numbers of gate and timer.
    case looks(gate: Int, Int)
    /// The limit of the traffic adapter's script.
    case traffic
    /// The limit of a function that undoes a stage.
    case undo
    /// The limit of what runs after the deployment.
    case notices
    /// A freeze begins or ends.
    case freeze
  }

  private(set) var effects: [Effect] = []
  private var waiters: [Waiter] = [.nobody]
  private var rings: [Ring] = [.nobody]

  /// Returns all effects since the last call.
  mutating func drain() -> [Effect] {
    let wanted = effects
    effects = []
    return wanted
  }

  mutating func add(_ effect: Effect) { effects.append(effect) }

  mutating func note(_ note: Note) { effects.append(.note(note)) }

  /// - Parameter timeout: the deadline; nil: the operation's standard deadline.
  /// - Returns: the intent's number.
  mutating func perform(
    _ place: Place, _ operation: DeployModel.Operation, for waiter: Waiter, site: Intent.Site, timeout: Interval? = nil
  ) -> Int {
    let id = waiters.count
    waiters.append(waiter)
    effects.append(
      .perform(Intent(id: id, place: place, operation: operation, timeout: timeout ?? Deadlines.standard(for: operation), site: site)))
    return id
  }

  /// - Returns: the timer's number.
  mutating func ring(_ ring: Ring, after interval: Interval) -> Int {
    let id = rings.count
    rings.append(ring)
    effects.append(.ring(timer: id, after: interval))
    return id
  }

  /// Takes the waiter of an operation that ended; nobody waits for the operation any more.
  mutating func ended(intent: Int) -> Waiter {
    guard intent < waiters.count else { return .nobody }
    defer { waiters[intent] = .nobody }
    return waiters[intent]
  }

  /// Takes the waiter of a timer that rang; nobody waits for the timer any more.
  mutating func rang(timer: Int) -> Ring {
    guard timer < rings.count else { return .nobody }
    defer { rings[timer] = .nobody }
    return rings[timer]
  }

  /// Whether a timer begins anew after a resume, because the time in which no engine runs does not count.
  func beginsAnew(timer: Int) -> Bool {
    guard timer < rings.count else { return false }
    switch rings[timer] {
    case .look, .looks: return true
    default: return false
    }
  }

  /// Drops the waiter of a timer.
  mutating func forget(timer: Int) { rings[timer] = .nobody }

  /// Drops the waiters of operations of this kind.
  mutating func forget(where isMeant: (Waiter) -> Bool) {
    for intent in waiters.indices where isMeant(waiters[intent]) { waiters[intent] = .nobody }
  }

  /// Whether no operation is awaited and no timer would begin one. The open gate and looks whose time is over do not count.
  var isIdle: Bool {
    guard waiters.allSatisfy({ $0 == .nobody }) else { return false }
    return rings.allSatisfy { ring in
      switch ring {
      case .nobody, .gate, .freeze, .notices, .look, .looks: true
      case .sleep, .deadline, .grace, .pause, .traffic, .undo: false
      }
    }
  }

  /// Ends an operation whose outcome nobody waits for.
  mutating func abandon(intent: Int) {
    waiters[intent] = .nobody
    effects.append(.cancel(intent: intent))
  }

  /// Cancels the operations under way that have a waiter of this kind.
  mutating func cancel(where isMeant: (Waiter) -> Bool) {
    for intent in waiters.indices where isMeant(waiters[intent]) { effects.append(.cancel(intent: intent)) }
  }
}
