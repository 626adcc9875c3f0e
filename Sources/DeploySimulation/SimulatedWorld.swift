import DeployCore
import DeployModel
import Synchronization

/// The hosts that several simulated transports reach, just as several engines reach the same real hosts.
final class SimulatedWorld: Sendable {
  fileprivate struct State: Sendable {
    var hosts: [SimulatedHost]
    var machine: [String: SimulatedFile]?
    var sleepers: [Sleeper] = []
    /// The number of transports so far.
    var transports = 0
    var closed: [Int] = []
    /// The leases that transports renew.
    var leases: [Lease] = []
  }
  fileprivate struct Sleeper: Sendable {
    var deployment: Deployment.ID
    var intent: Int
    var transport: Int
    var task: Task<Void, Never>
  }
  fileprivate struct Lease: Sendable, Hashable {
    var transport: Int
    var host: Int
    var token: String
  }
  private let state: Mutex<State>
  private let clock: any Clock
  /// The number of each host, by its name. Looked up, never iterated.
  private let numbers: [String: Int]

  init(hosts: [SimulatedHost], clock: any Clock) {
    state = Mutex(State(hosts: hosts))
    self.clock = clock
    numbers = Dictionary(hosts.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  var hosts: [SimulatedHost] { state.withLock { $0.hosts } }
  var machine: [String: SimulatedFile]? {
    get { state.withLock { $0.machine } }
    set { state.withLock { $0.machine = newValue } }
  }

  func number(of host: String) throws(Failure) -> Int {
    guard let number = numbers[host] else { throw Failure(.unreachable, "there is no simulated host \(host)") }
    return number
  }

  func change(_ host: String, _ change: (inout SimulatedHost) -> Void) {
    guard let number = numbers[host] else { return }
    let sleepers = state.withLock { state in
      change(&state.hosts[number])
      return state.sleepers
    }
    // Every waiting task looks at its job again.
    for sleeper in sleepers { sleeper.task.cancel() }
  }

  /// Connects another transport to the hosts.
  /// - Returns: the number of the transport.
  func enter() -> Int {
    state.withLock { state in
      state.transports += 1
      return state.transports
    }
  }

  /// Closes a transport. It then no longer waits for anything and no longer renews leases.
  func leave(_ transport: Int) {
    let now = clock.now()
    let sleepers = state.withLock { state in
      for host in state.hosts.indices { state.renew(host, at: now) }
      state.leases.removeAll { $0.transport == transport }
      state.closed.append(transport)
      return state.sleepers.filter { $0.transport == transport }
    }
    for sleeper in sleepers { sleeper.task.cancel() }
  }

  /// Returns a host in its current state, and the time.
  /// - Throws: a failure of kind `unreachable` if there is no host of this name, or of kind `cancelled` if the transport was closed.
  func look(at host: String, for transport: Int) throws(Failure) -> (host: SimulatedHost, now: Timestamp) {
    let number = try number(of: host)
    let now = clock.now()
    return try state.withLock { state throws(Failure) in
      if state.closed.contains(transport) { throw Self.closed }
      state.catchUp(number, at: now)
      return (state.hosts[number], now)
    }
  }

  /// Returns the refusal of an operation that is never sent to a host, or nil if the operation is sent.
  func refusal(ofSending operation: DeployModel.Operation, by transport: Int) -> Outcome? {
    state.withLock { state in
      if state.closed.contains(transport) { return Outcome(failure: Self.closed) }
      guard case .upload(let from, _) = operation, let machine = state.machine, machine[from] == nil else { return nil }
      return .failed(.missing, "\(from) does not exist on this machine")
    }
  }

  func receive(_ intent: Intent, from site: HostSite, on host: Int, by transport: Int, fate: Fate) -> Reception {
    let now = clock.now()
    return state.withLock { state in
      state.catchUp(host, at: now)
      // An operation under a lock makes this transport renew the lease, even if another process took the lock.
      if !site.token.isEmpty, intent.operation.isLeased {
        let lease = Lease(transport: transport, host: host, token: site.token)
        if !state.leases.contains(lease) { state.leases.append(lease) }
      }
      let reception = state.hosts[host].receive(intent, from: site, at: now, fate: fate)
      if case .lock(let request) = intent.operation, state.hosts[host].lock?.lock.token == request.token {
        state.leases.append(Lease(transport: transport, host: host, token: request.token))
      }
      return reception
    }
  }

  /// Returns the output that the job of an intent has written so far, in the form in which an engine gets it.
  func written(by intent: Intent, of deployment: Deployment.ID, on host: Int) -> [OutputChunk] {
    state.withLock { state in
      guard let job = state.hosts[host].jobs.index(of: intent.id, in: deployment) else { return [] }
      return state.hosts[host].chunks(of: state.hosts[host].jobs[job])
    }
  }

  /// Waits for the steps of a job until it has ended.
  /// - Returns: the job's outcome, or nil if the job was lost and is allowed to be started once more.
  func follow(_ job: Int, of intent: Intent, on host: Int, from site: HostSite, by transport: Int) async -> Outcome? {
    while true {
      let (claimed, isClosed) = state.withLock { ($0.hosts[host].jobs[job], $0.closed.contains(transport)) }
      if case .ended(let outcome) = claimed.state { return outcome }
      if isClosed { return Outcome(failure: Self.closed) }
      if claimed.state != .running { return intent.operation.mayRepeat ? nil : hosts[host].lost(intent) }
      let clock = clock
      let task = Task { await clock.sleep(claimed.ends - clock.now()) }
      let sleeper = Sleeper(deployment: site.deployment, intent: intent.id, transport: transport, task: task)
      state.withLock { $0.sleepers.append(sleeper) }
      await task.value
      let now = clock.now()
      state.withLock { state in
        state.sleepers.removeAll { $0.intent == intent.id && $0.deployment == site.deployment && $0.transport == transport }
        if claimed.ends <= now { _ = state.hosts[host].proceed(job, turn: claimed.turn, at: now) }
      }
    }
  }

  /// Applies the effects that an operation has on the engine's side when it ends: copied files, and leases that were given up.
  func settle(_ intent: Intent, from site: HostSite, on host: Int, _ outcome: Outcome, sources: [SourceFile]?) -> Outcome {
    state.withLock { state in
      if case .unlock(let token, _, _) = intent.operation { state.leases.removeAll { $0.token == token } }
      guard outcome.failure == nil else { return outcome }
      switch intent.operation {
      case .park: state.leases.removeAll { $0.host == host && $0.token == site.token }
      case .record(let receipt):
        if let sources { state.hosts[host].texts[receipt.inputs.sources] = sources }
      case .upload(let from, let to):
        let place = to.isAbsolutePath ? to : "\(site.folder(of: intent))/\(to)"
        if let file = state.machine?[from] { state.hosts[host].files[place] = file }
      case .download(let from, let to):
        let place = from.isAbsolutePath ? from : "\(site.folder(of: intent))/\(from)"
        if let file = state.hosts[host].file(place) { state.machine?[to] = file }
      default: break
      }
      return outcome
    }
  }

  func entrust(_ parked: Parked, _ bytes: [UInt8]?, at site: HostSite, by transport: Int) throws(Failure) {
    let number = try number(of: site.host.name)
    let now = clock.now()
    try state.withLock { state throws(Failure) in
      if state.closed.contains(transport) { throw Self.closed }
      try state.hosts[number].entrust(parked, bytes, for: site, at: now)
    }
  }

  func cancel(_ intent: Int, at site: HostSite) {
    guard let number = numbers[site.host.name] else { return }
    let sleepers = state.withLock { state in
      _ = state.hosts[number].cancel(intent, of: site.deployment)
      return state.sleepers.filter { $0.intent == intent && $0.deployment == site.deployment }
    }
    for sleeper in sleepers { sleeper.task.cancel() }
  }

  private static let closed = Failure(.cancelled, "the transport was closed")
}

extension SimulatedWorld.State {
  /// Renews the leases of open transports, so that they do not run out.
  mutating func renew(_ host: Int, at now: Timestamp) {
    guard let held = hosts[host].lock, held.parked == nil else { return }
    if leases.contains(where: { $0.host == host && $0.token == held.lock.token }) { hosts[host].lock?.renewed = max(held.renewed, now) }
  }

  /// Performs the steps of jobs that are due by now, even if nobody waits for them.
  mutating func catchUp(_ host: Int, at now: Timestamp) {
    renew(host, at: now)
    for job in hosts[host].jobs.running where hosts[host].jobs[job].ends <= now {
      _ = hosts[host].proceed(job, turn: hosts[host].jobs[job].turn, at: now)
    }
  }
}

extension DeployModel.Operation {
  /// Whether the operation renews the lease of the lock under which it runs. Every operation that changes something does.
  fileprivate var isLeased: Bool {
    switch self {
    case .lock, .unlock: false
    default: !isProbe
    }
  }
}

extension SimulatedHost {
  /// Returns everything that a job has written, as one chunk for each stream.
  fileprivate func chunks(of job: SimulatedJob) -> [OutputChunk] {
    let streams = outputs(of: job)
    return [(OutputChunk.Stream.stdout, streams.out), (.stderr, streams.err)].compactMap { stream, text in
      if text.isEmpty { return nil }
      return OutputChunk(intent: job.intent.id, place: job.intent.place, stream: stream, offset: 0, bytes: Array(text.utf8))
    }
  }
}
