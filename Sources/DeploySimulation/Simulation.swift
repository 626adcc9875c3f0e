package import DeployCore
package import DeployModel

/// A whole world as one value: engines, hosts, network and time. The simulation runs the production core, one event after the other, on a
/// clock that only the simulation moves. The same seed and the same faults always give the same result. Checkers examine the world after
/// every event.
package struct Simulation {
  package typealias Journal = (Deployment.ID, [Entry]) throws -> Void
  /// Plans the deployment that follows a failed one, or returns nil if none follows.
  package typealias FollowUp = (Plan, Conclusion, Timestamp) -> Plan?

  package internal(set) var now: Timestamp
  package internal(set) var hosts: [SimulatedHost]
  package internal(set) var engines: [SimulatedEngine] = []
  package internal(set) var checkers: Checkers
  /// The number of events so far.
  package internal(set) var events = 0
  /// The number of moments so far at which an engine could have died.
  package internal(set) var crashPoints = 0
  /// The commands on engines' own machines that succeeded, in order.
  package internal(set) var commandsHere: [String] = []
  /// Why the simulation had to stop early, or nil if it did not have to.
  package internal(set) var stopped: String?

  /// The moments at which the engine dies, as numbers of crash points in increasing order.
  package var crashes: [Int] = []
  package var faults: Faults
  package var pace = Pace.usual
  package var defect: Defect? {
    didSet { for host in hosts.indices { hosts[host].defect = defect } }
  }
  /// A rule that is disabled in every engine's core.
  package var lapse: Lapse?
  /// Whether somebody answers every gate that asks a person, one second after the gate was opened.
  package var answersGates = false
  /// The time after which somebody resumes a parked deployment. Nil if engines do not exit while a gate is waiting for a person.
  package var parks: Interval?
  /// How people answer gates, by the gate's name. A nil value means that nobody answers the gate. For gates that are not listed,
  /// `answersGates` decides. Looked up, never iterated.
  package var gateAnswers: [String: Message.Kind?] = [:]
  /// Returns what a command or check on an engine's own machine does, given its line and its input. Nil means that it succeeds and writes
  /// nothing.
  package var commandsOfEngine: (@Sendable (_ line: String, _ input: String) -> SimulatedCommand?)?
  /// Returns what a server answers to a request of an engine's machine, or nil for status 200 and an empty body.
  package var servers: (@Sendable (HTTPRequest) -> SimulatedAnswer?)?
  /// Whether entries are kept in memory. Without them, no engine can resume.
  package var keepsEntries = true
  /// Called with every append to an engine's journal.
  package var journal: Journal?
  package var followUp: FollowUp?
  /// The number of events after which the simulation is assumed never to end.
  package var limit = 50_000_000
  /// The time from an engine's death until somebody resumes its deployment.
  package var absence = Interval.seconds(5)

  let seed: UInt64
  let dice: Dice
  let start: Timestamp
  let scripts: (Plan) throws -> any Scripts
  var queue = EventQueue<Occurrence>()
  var partitions: [[Span]]
  /// The number of each host, by its name. Looked up, never iterated.
  let numbers: [String: Int]
  /// An FNV-1a hash of all events and their times.
  package internal(set) var digest: UInt64 = 14_695_981_039_346_656_037

  struct Span: Sendable {
    var from: Timestamp
    var to: Timestamp
  }

  /// How long a transport waits for a host that is unreachable.
  static let patience = Interval.seconds(60)

  /// Makes a world with these hosts, in the order of their numbers in every plan.
  package init(
    hosts: [SimulatedHost], seed: UInt64 = 0, faults: Faults = Faults(), start: Timestamp = Timestamp(milliseconds: 1_800_000_000_000),
    scripts: @escaping (Plan) throws -> any Scripts
  ) {
    self.hosts = hosts
    self.seed = seed
    self.faults = faults
    self.start = start
    self.scripts = scripts
    now = start
    dice = Dice(seed: seed)
    checkers = Checkers(seed: seed, hosts: hosts)
    partitions = hosts.map { _ in [] }
    numbers = Dictionary(hosts.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    appoint()
  }

  /// Starts a deployment after a delay, counted from the beginning or from the last event. The deployment's hosts are found by their names.
  /// - Returns: the number of its engine.
  @discardableResult
  package mutating func add(_ plan: Plan, after delay: Interval = .zero) -> Int {
    let fleet = (plan.hosts.map(\.host) + plan.partners.map(\.host)).map { numbers[$0.name] ?? -1 }
    precondition(!fleet.contains(-1), "a plan names a host that this world does not have")
    engines.append(SimulatedEngine(plan: plan, fleet: fleet))
    queue.push(.begin(engine: engines.count - 1), at: now + delay)
    return engines.count - 1
  }

  /// Runs the world until no event is left, until `end` (counted from the beginning), or until a promise is broken.
  package mutating func run(until end: Interval? = nil) {
    while let time = queue.earliest {
      if let end, start + end < time {
        now = max(now, start + end)
        return
      }
      guard let next = queue.pop() else { break }
      now = max(now, next.at)
      events += 1
      checkers.event = events
      happen(next.element)
      if !checkers.broken.isEmpty { return }
      guard events < limit else {
        stopped = "more than \(limit) events: it goes round in circles"
        return
      }
      if stopped != nil { return }
    }
    checkers.ended(engines.map { ($0.plan, $0.conclusion) }, hosts: hosts, calm: faults.leavesHostsInReach)
  }

  /// Returns what a survey of each host would find now.
  package func surveys() -> [Survey] {
    hosts.indices.map { number in
      isReachable(number) ? .reached(hosts[number].state(at: now)) : .unreachable(unreachable(number))
    }
  }

  /// How much virtual time has passed.
  package var duration: Interval { now - start }

  private mutating func appoint() {
    for appointment in faults.appointments {
      switch appointment {
      case .partition(let host, let from, let length) where hosts.indices.contains(host):
        partitions[host].append(Span(from: start + from, to: start + from + length))
      case .reboot(let host, let at) where hosts.indices.contains(host): queue.push(.reboot(host: host), at: start + at)
      case .say(let at, let message): queue.push(.say(engine: 0, message), at: start + at)
      case .cancel(let at): queue.push(.cancel(engine: 0, reason: "cancelled by a person"), at: start + at)
      default: break
      }
    }
    guard faults.unreachable > 0 else { return }
    for host in hosts.indices where dice.share(.unreachable, host: host, intent: 0, deployment: 0) < faults.unreachable {
      partitions[host].append(Span(from: start, to: start + .seconds(10_000_000)))
    }
  }

  private mutating func happen(_ occurrence: Occurrence) {
    switch occurrence {
    case .begin(let engine): begin(engine)
    case .send(let engine, let incarnation, let intent):
      if engines[engine].incarnation == incarnation, engines[engine].awaits(intent.id) { send(intent, from: engine) }
    case .step(let host, let job, let turn): step(host, job, turn)
    case .reply(let engine, let incarnation, let intent, let outcome):
      if engines[engine].incarnation == incarnation, engines[engine].awaits(intent) { reply(engine, intent, outcome) }
    case .ring(let engine, let incarnation, let timer):
      if engines[engine].incarnation == incarnation { take(.rang(timer: timer), by: engine) }
    case .say(let engine, let message): say(message, to: engine)
    case .cancel(let engine, let reason): take(.cancelled(reason: reason), by: engine)
    case .reboot(let host): reboot(host)
    case .restart(let engine): resume(engine)
    case .park(let engine, let incarnation, let gate): if engines[engine].incarnation == incarnation { park(engine, gate: gate) }
    }
  }
}
