package import DeployModel

/// Decides which hosts may be taken out of service now. The floor, the number in flight, the budgets, the wave gate and CodeDeploy's
/// minimum of healthy hosts hold whatever a strategy asks for (promises P4 and P5).
package struct Admission: Sendable, Hashable {
  package let bounds: Bounds
  /// The minimum number of hosts in service: the floor, or the initial number if that is lower.
  package let floor: Int
  /// By host number.
  package private(set) var service: [Service]
  /// Hosts that are in service and not in flight: a host in flight may leave the service at any moment.
  package private(set) var servingCount: Int
  package private(set) var inFlight = 0
  package private(set) var failed = 0
  package private(set) var unreachable = 0
  /// By host number.
  private var isInFlight: [Bool]
  /// Hosts that failed and are going back. They count as failed from now on, not only when they are back.
  private var goingBack: [Bool]
  /// CodeDeploy's rule, if it replaces the budgets; nil: the budgets hold.
  private var healthy: HealthyHosts?
  /// The wave gate; nil: the plan has none.
  private var gate: WaveGate?
  /// By host number: whether the host's failure counts against the release. A host that was not healthy before may fail by itself, so its
  /// failure only counts if no host was healthy.
  private let isTelling: [Bool]
  /// Whether the plan's rules count a lost host against the release.
  private let hearsLosses: Bool
  /// Whether a host that failed and was left as it is still serves, because none of its steps takes it out of service for good.
  private let failedServe: Bool
  /// The rules for hosts that share the value of a tag.
  private var neighbourhoods: [Neighbourhood]
  /// By host number: whether a wave left it ready.
  private var isReady: [Bool]
  /// Number of hosts that failed in the wave under way, or else in the last one.
  private var failedInWave = 0
  private let lapse: Lapse?

  package init(plan: Plan, lapse: Lapse? = nil) {
    self.lapse = lapse
    goingBack = plan.hosts.map { _ in false }
    bounds = plan.bounds
    healthy = plan.bounds.healthy.map { HealthyHosts(plan, minimum: $0) }
    gate = plan.bounds.base.map { WaveGate(base: $0) }
    let isNew = !plan.hosts.contains(where: \.isHealthy)
    isTelling = plan.hosts.map { isNew || $0.isHealthy }
    failedServe = plan.kind.task != nil
    hearsLosses = plan.flow.rules?.hearsLosses == true
    isInFlight = goingBack
    isReady = goingBack
    service = plan.hosts.map { host in
      if case .leftOut = host.action { .out } else { host.serves ? .in : .out }
    }
    let serves = service.map { $0 == .in }
    neighbourhoods = (plan.bounds.neighbours ?? []).map { Neighbourhood($0, serves: serves) }
    servingCount = serves.count { $0 }
    floor = min(bounds.floor, servingCount)
    for host in plan.hosts { if case .leftOut = host.action { unreachable += 1 } }
  }

  package enum Verdict: Sendable, Hashable {
    case go
    /// The allowed number of hosts is in flight, or the floor is reached: ask again when a host has ended.
    case wait
    /// The host may not begin even if no host is in flight.
    case never(String)
  }

  package func mayStart(_ host: Int, parallel: Int?) -> Verdict {
    if inFlight >= min(bounds.parallel, parallel ?? bounds.parallel) { return .wait }
    if let verdict = healthy?.holds(host), lapse != .healthIgnored { return verdict }
    for neighbourhood in neighbourhoods where lapse != .neighboursIgnored {
      if let verdict = neighbourhood.holds(host, serves: service[host] == .in) { return verdict }
    }
    if service[host] != .in || servingCount - 1 >= floor || lapse == .floorIgnored { return .go }
    if inFlight > 0 { return .wait }
    return .never("\(servingCount) of \(service.count) hosts serve and the floor is \(floor), so none may be taken out of service")
  }

  /// Whether another host may be in flight.
  package var hasRoom: Bool { inFlight < bounds.parallel }

  /// The hosts of a wave, in an order in which no host waits longer than the rules require.
  package func arranged(_ hosts: [Int]) -> [Int] { neighbourhoods.reduce(hosts) { $1.arranged($0) } }

  /// A wave with this number of hosts begins.
  package mutating func waveBegan(_ hosts: Int) {
    failedInWave = 0
    gate?.waveBegan(hosts)
  }

  package mutating func started(_ host: Int) {
    inFlight += 1
    healthy?.started(host)
    for index in neighbourhoods.indices {
      neighbourhoods[index].started(host, served: service[host] == .in, wasReady: isReady[host])
    }
    isReady[host] = false
    isInFlight[host] = true
    if service[host] == .in { servingCount -= 1 }
  }

  /// A host in flight leaves the service, or joins it.
  package mutating func changed(_ host: Int, _ now: Service) { service[host] = now }

  /// A host has ended, is ready, or was restarted: it is no longer in flight. A ready host serves if it has got its traffic back.
  /// - Parameters:
  ///   - hadRelease: whether the host ran a release before.
  ///   - hasTarget: whether the host should run a release now. A host that goes back to nothing does not serve.
  package mutating func ended(_ host: Int, _ status: HostStatus, hadRelease: Bool, hasTarget: Bool = true) {
    inFlight -= 1
    if status == .pending { healthy?.restarted(host) } else { healthy?.ended(host, succeeded: status.success) }
    if status == .succeeded { gate?.hostSucceeded() }
    if goingBack[host] {
      goingBack[host] = false
      if case .unknown = status { unreachable += 1 }
    } else {
      count(status, of: host)
    }
    isInFlight[host] = false
    switch status {
    case .succeeded: service[host] = hasTarget ? .in : .out
    case .restored, .untouched, .pending: service[host] = hadRelease ? .in : .out
    case .failed where failedServe: service[host] = hadRelease ? .in : .out
    case .ready(let segment):
      service[host] = segment >= .admit ? (hasTarget ? .in : .out) : .out
      if lapse == .readyServes, hadRelease { service[host] = .in }
    // Nothing counts on a host that failed and was left so, or is out of reach.
    default: service[host] = .out
    }
    if service[host] == .in { servingCount += 1 }
    if case .ready = status { isReady[host] = service[host] != .in }
    for index in neighbourhoods.indices { neighbourhoods[index].ended(host, serves: service[host] == .in, isReady: isReady[host]) }
  }

  /// A host failed and is restored.
  package mutating func goesBack(_ host: Int) {
    guard !goingBack[host] else { return }
    goingBack[host] = true
    countFailure(of: host)
  }

  /// A host ended before it was begun, which says nothing about the release.
  package mutating func endedEarly(_ host: Int, _ status: HostStatus) {
    healthy?.failed(host)
    switch status {
    case .unknown, .leftOut: unreachable += 1
    default:
      failed += 1
      for index in neighbourhoods.indices { neighbourhoods[index].hostFailed(host) }
    }
  }

  private mutating func count(_ status: HostStatus, of host: Int) {
    switch status {
    case .restored, .untouched, .restoreFailed, .failed: countFailure(of: host)
    case .unknown:
      unreachable += 1
      if hearsLosses, isTelling[host] { gate?.hostLost() }
    case .leftOut: unreachable += 1
    default: break
    }
  }

  private mutating func countFailure(of host: Int) {
    failed += 1
    failedInWave += 1
    for index in neighbourhoods.indices { neighbourhoods[index].hostFailed(host) }
    if isTelling[host] { gate?.hostFailed() }
  }

  /// Why no further host may start; nil: the budget holds.
  package var exhausted: String? {
    if let shortage = healthy?.exhausted, lapse != .healthIgnored { return shortage }
    if let verdict = gate?.verdict { return verdict }
    if let most = bounds.failedInWave, failedInWave > most {
      return "\(failedInWave) \(failedInWave == 1 ? "host" : "hosts") of the wave failed and the budget of a wave allows \(most)"
    }
    if lapse != .neighboursIgnored, let shortage = neighbourhoods.lazy.compactMap(\.exhausted).first { return shortage }
    if failed > bounds.failed, lapse != .budgetIgnored {
      return "\(failed) \(failed == 1 ? "host" : "hosts") failed and the budget allows \(bounds.failed)"
    }
    if unreachable > bounds.unreachable {
      return "\(unreachable) \(unreachable == 1 ? "host is" : "hosts are") out of reach and the budget allows \(bounds.unreachable)"
    }
    return nil
  }
}

extension HostStatus {
  /// Whether a host with this status is healthy now; nil: it waits for a later wave.
  fileprivate var success: Bool? {
    switch self {
    case .succeeded: true
    case .ready: nil
    default: false
    }
  }
}
