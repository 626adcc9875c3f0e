package import DeployCore
package import DeployModel

/// One deployment to a simulated fleet. The production core and the recipe's own strategy make the decisions. A host has only a drawn
/// duration and a drawn result. Nothing is locked, sent or journalled, so a run with 10,000 hosts takes a moment.
package struct FleetRun {
  /// A wave, and its result.
  package struct Wave: Sendable, Hashable {
    package var hosts: [Int]
    /// The result, or nil if the deployment ended before the wave ended.
    package var result: WaveResult?
  }

  /// How the deployment ended. If it did not end, this is nil, and `stuck` says why.
  package private(set) var conclusion: Conclusion?
  /// Why the deployment cannot end, or nil if it has ended.
  package private(set) var stuck: String?
  /// The time from the beginning of the deployment to its end, without the rollback that follows.
  package private(set) var duration = Interval.zero
  /// The number of hosts whose change began. A host that was unreachable when its turn came does not count.
  package private(set) var exposed = 0
  /// The time from the change of the first host with a bad release to the end of the failed deployment. Nil if the deployment did not fail,
  /// or did not reach such a host.
  package private(set) var foundAfter: Interval?
  /// The smallest number of hosts that served at any moment.
  package private(set) var lowest: Int
  /// Why the strategy ended the rollout on purpose before all hosts had changed, or nil if it did not.
  package private(set) var purpose: String?
  /// Why the recipe cannot be simulated with these faults, or nil if it can.
  package var problem: Problem? { measures.problem }
  /// The mistake in the recipe that ended a function, or nil if no mistake did. The caller knows it from the scripts.
  package var mistake: Problem?
  /// Whether the strategy asked for an analysis, which is the only gate that reads measurements.
  package var hasAnalysed: Bool { measures.hasAnalysed }
  /// Why a gate was inconclusive, so that a person was asked. Nil if no person was asked.
  package private(set) var undecided: String?
  /// The waves, in order.
  package private(set) var waves: [Wave] = []

  private enum Occurrence: Sendable {
    case finished(intent: Int, Outcome)
    case rang(timer: Int)
    case said(Message)
  }

  private let plan: Plan
  private let hosts: FleetHosts
  private let measures: DrawnMeasures
  private let faults: FleetFaults
  private var random: SeededRandom
  private var conductor: Conductor
  private var queue = EventQueue<Occurrence>()
  private var firstBad: Timestamp?
  /// How many times each host was tried, by host number.
  private var tries: [Int]
  private var isBegun: [Bool]
  /// Why the last gate that was closed could not decide, or nil if it could.
  private var doubt: String?
  private let limit: Int

  /// Returns the beginning that all runs of a plan have in common.
  package static func beginning(of plan: Plan) -> Rollout { Rollout(plan: plan, isOutline: true) }

  /// Plays the deployment to its end.
  /// - Parameters:
  ///   - beginning: the plan's rollout, which has handled no event yet.
  ///   - scripts: the scripts of the plan's recipes. They cannot be used again.
  ///   - limit: the number of events after which the deployment counts as stuck, or nil for a number that grows with the fleet.
  package init(
    _ beginning: Rollout, _ scripts: any Scripts, _ draws: FleetDraws, _ faults: FleetFaults, _ metrics: FleetMetrics = FleetMetrics(),
    seed: UInt64 = 0, limit: Int? = nil
  ) {
    plan = beginning.plan
    hosts = FleetHosts(draws, at: beginning.plan.origin.at)
    measures = DrawnMeasures(scripts, hosts, metrics, faults, seed: seed)
    self.faults = faults
    self.limit = limit ?? 1_000_000 + 2000 * plan.hosts.count
    random = SeededRandom(seed: seed)
    conductor = Conductor(beginning: beginning, scripts: measures)
    tries = Array(repeating: 0, count: plan.hosts.count)
    isBegun = Array(repeating: false, count: plan.hosts.count)
    lowest = conductor.servingCount
    run()
  }

  private mutating func run() {
    take(.started)
    var events = 0
    while conclusion == nil {
      guard let next = queue.pop() else {
        stuck = "it waits, and nothing is under way"
        return
      }
      events += 1
      guard events < limit else {
        stuck = "more than \(limit) events: it goes round in circles"
        return
      }
      hosts.now = next.at
      switch next.element {
      case .finished(let intent, let outcome): take(.finished(intent: intent, outcome))
      case .rang(let timer): take(.rang(timer: timer))
      case .said(let message): take(.said(message))
      }
    }
  }

  private mutating func take(_ happening: Happening) {
    for effect in conductor.take(happening) {
      switch effect {
      case .perform(let intent): perform(intent)
      case .cancel(let intent): push(.finished(intent: intent, .failed(.cancelled, "cancelled")), after: .zero)
      case .ring(let timer, let after): push(.rang(timer: timer), after: after)
      case .note(let note): add(note)
      case .conclude(let end): conclude(end)
      case .start, .step, .kill: break
      }
    }
    lowest = min(lowest, conductor.servingCount)
  }

  private mutating func conclude(_ end: Conclusion) {
    conclusion = end
    duration = hosts.now - plan.origin.at
    if end.status == .failed, let firstBad { foundAfter = hosts.now - firstBad }
  }

  private mutating func push(_ occurrence: Occurrence, after interval: Interval) { queue.push(occurrence, at: hosts.now + interval) }

  // MARK: what is told

  private mutating func add(_ note: Note) {
    switch note {
    case .host(let host, .changing) where !isBegun[host] && hosts.draws[host].end != .unreachable:
      isBegun[host] = true
      exposed += 1
      if firstBad == nil, isBad(host) { firstBad = hosts.now }
    case .waveBegan(_, let hosts, _): waves.append(Wave(hosts: hosts))
    case .waveEnded(_, let result): if !waves.isEmpty { waves[waves.count - 1].result = result }
    case .stopped(let reason, let left): if !left.isEmpty { purpose = reason }
    case .gateClosed(_, let answer): doubt = answer.verdict == .inconclusive ? answer.comment : nil
    case .gateOpened(let number, let gate):
      if gate.kind == .approval, doubt != nil { undecided = undecided ?? doubt }
      doubt = nil
      answer(gate, number)
    default: break
    }
  }

  /// Answers, after one second, a gate that asks people.
  private mutating func answer(_ gate: Gate, _ number: Int) {
    let kind: Message.Kind
    switch gate.kind {
    case .time, .check, .analysis: return
    case .approval: kind = .approve
    case .pause: kind = .resume
    }
    for (index, signer) in gate.simulatedSigners.enumerated() {
      var message = Message(id: "answer-\(number)" + (index == 0 ? "" : "-\(index)"), kind, by: "simulation", at: hosts.now)
      message.means(Awaited(gate: number, kind: gate.kind))
      message.signer = signer
      push(.said(message), after: .seconds(1 + index))
    }
  }

  // MARK: what hosts do

  private mutating func perform(_ intent: Intent) {
    guard case .host(let host) = intent.place, hosts.draws.indices.contains(host) else {
      return push(.finished(intent: intent.id, elsewhere(intent)), after: Self.brief)
    }
    switch intent.operation {
    case .activate, .relink: change(host, intent.id)
    case .check where hosts.isIll(host): push(.finished(intent: intent.id, .failed(.unhealthy, "the check answered no")), after: Self.brief)
    case .run where hosts.isIll(host): push(.finished(intent: intent.id, .failed(.command, "the command exited with 1")), after: Self.brief)
    default: push(.finished(intent: intent.id, told(intent, by: host)), after: Self.brief)
    }
  }

  /// How long a check of a host takes.
  private static let brief = Interval(milliseconds: 50)
  /// How long the engine waits for a host that is unreachable.
  private static let patience = Interval.seconds(60)

  /// Changes a host to the new release, or back to the old one. Here, the change back takes no time.
  private mutating func change(_ host: Int, _ intent: Int) {
    guard conductor.isChanging(host) else {
      hosts.gotAt[host] = nil
      return push(.finished(intent: intent, .done()), after: .zero)
    }
    let draw = hosts.draws[host]
    tries[host] += 1
    switch draw.end {
    case .unreachable:
      push(.finished(intent: intent, .failed(.unreachable, "it has been unreachable for \(Self.patience)")), after: Self.patience)
    case .broken, .brokenOnce:
      guard draw.end == .broken || tries[host] == 1 else { return come(host, intent, draw) }
      let half = Interval(milliseconds: draw.duration.milliseconds / 2)
      push(.finished(intent: intent, .failed(.transport, "the way to the host broke")), after: half)
    case .bad: push(.finished(intent: intent, .failed(.command, "the release did not start")), after: draw.duration)
    case .good, .unhealthy: come(host, intent, draw)
    }
  }

  private mutating func come(_ host: Int, _ intent: Int, _ draw: FleetDraws.Draw) {
    hosts.gotAt[host] = hosts.now + draw.duration
    push(.finished(intent: intent, .done()), after: draw.duration)
  }

  private func isBad(_ host: Int) -> Bool {
    let draw = hosts.draws[host]
    return faults.worse != nil || draw.leak != nil || draw.end == .bad || draw.end == .unhealthy
  }

  /// Returns the answer of a host to an operation that needs no draw.
  private func told(_ intent: Intent, by number: Int) -> Outcome {
    var host = SimulatedHost(name: plan.name(ofHost: number))
    switch host.receive(intent, from: plan.site(of: number), at: hosts.now, fate: Fate(duration: .zero)) {
    case .answered(let outcome): return outcome
    case .begun(let job):
      if case .ended(let outcome) = host.proceed(job, turn: host.jobs[job].turn, at: hosts.now) { return outcome }
      return .done()
    case .attached: return .done()
    }
  }

  /// Returns the answer of the engine's own machine, or of a partner. A check from the engine's machine reaches a random host of the group,
  /// as a check through a balancer does.
  private mutating func elsewhere(_ intent: Intent) -> Outcome {
    switch intent.operation {
    case .check, .run:
      let ill = faults.isOfRelease ? plan.hosts.indices.count(where: hosts.isIll) : 0
      let isMet = ill > 0 && Int.random(in: 0..<plan.hosts.count, using: &random) < ill
      return isMet ? .failed(.unhealthy, "the check answered no") : .done(.bool(true))
    case .read: return .done(.text(""))
    case .http: return .done(HTTPResponse(status: 200).value)
    case .exists: return .done(.bool(true))
    default:
      if case .host(let number) = intent.place { return told(intent, by: number) }
      return .done()
    }
  }
}
