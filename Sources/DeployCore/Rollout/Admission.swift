package import DeployModel

/// Decides which hosts are allowed to be taken out of service now. The floor, `parallel`, the budgets, the wave gate and CodeDeploy's
/// minimum of healthy hosts hold no matter what a strategy asks for (P4 and P5 in docs/promises.md).
package struct Admission: Sendable, Hashable {
  package let bounds: Bounds
  /// The minimum number of hosts in service: the floor, or the number of hosts in service at the start if that is lower.
  package let floor: Int
  /// For each host, by its number, whether it gets traffic.
  package private(set) var service: [Service]
  /// The number of hosts that are in service and not under way. A host under way can leave the service at any moment.
  package private(set) var servingCount: Int
  package private(set) var inFlight = 0
  package private(set) var failed = 0
  package private(set) var unreachable = 0
  /// For each host, by its number, whether it is under way.
  private var isInFlight: [Bool]
  /// For each host, whether it failed and is being restored. A host counts as failed from the start of its restore.
  private var goingBack: [Bool]
  /// CodeDeploy's rule, if it replaces the budgets, or nil if the budgets apply.
  private var healthy: HealthyHosts?
  /// The wave gate, or nil if the plan has no wave gate.
  private var gate: WaveGate?
  /// For each host, by its number, whether its failure counts against the release. A host that was unhealthy before might fail for reasons
  /// of its own, so its failure counts only if all hosts were unhealthy.
  private let isTelling: [Bool]
  /// Whether the plan's rules count an unreachable host against the release.
  private let hearsLosses: Bool
  /// Whether a host still serves after it failed and was not restored. It does in a task, because no step of a task takes a host out of
  /// service permanently.
  private let failedServe: Bool
  /// The rules for hosts that have the same value of a tag.
  private var neighbourhoods: [Neighbourhood]
  /// For each host, by its number, whether a wave left it ready.
  private var isReady: [Bool]
  /// The number of hosts that failed in the current wave, or in the last wave if none is running.
  private var failedInWave = 0
  private let lapse: Lapse?

  package init(plan: Plan, lapse: Lapse? = nil) {
    self.lapse = lapse
    goingBack = Array(repeating: false, count: plan.hosts.count)
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
    /// The host must not begin now, because the allowed number of hosts is already under way or the floor has been reached. Ask again when
    /// another host has ended.
    case wait
    /// The host must not begin, not even when no host is under way. The string says why.
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

  /// Whether one more host is allowed to be under way.
  package var hasRoom: Bool { inFlight < bounds.parallel }

  /// Returns the hosts of a wave, ordered so that no host waits longer than the rules for neighbours require.
  package func arranged(_ hosts: [Int]) -> [Int] { neighbourhoods.reduce(hosts) { $1.arranged($0) } }

  /// Records that a wave with this number of hosts begins.
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

  /// Records that a host under way has left or joined the service.
  package mutating func changed(_ host: Int, _ now: Service) { service[host] = now }

  /// Records that a host is no longer under way, because it has ended, is ready, or was restarted. A ready host serves if it already has
  /// its traffic back.
  /// - Parameters:
  ///   - hadRelease: whether the host ran a release before.
  ///   - hasTarget: whether the host should run a release now. If false, it runs nothing afterwards and does not serve.
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
    // A host that is unreachable, or that failed and was left as it is, counts as not serving.
    default: service[host] = .out
    }
    if service[host] == .in { servingCount += 1 }
    if case .ready = status { isReady[host] = service[host] != .in }
    for index in neighbourhoods.indices { neighbourhoods[index].ended(host, serves: service[host] == .in, isReady: isReady[host]) }
  }

  /// Records that a host failed and is being restored.
  package mutating func goesBack(_ host: Int) {
    guard !goingBack[host] else { return }
    goingBack[host] = true
    countFailure(of: host)
  }

  /// Records that a host failed before it began, which says nothing about the release.
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

  /// Why no further host is allowed to start, or nil if no limit is exceeded.
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
      return "\(unreachable) \(unreachable == 1 ? "host is" : "hosts are") unreachable and the budget allows \(bounds.unreachable)"
    }
    return nil
  }
}

extension HostStatus {
  /// Whether a host with this status counts as healthy, or nil if that is unknown because the host waits for a later wave.
  fileprivate var success: Bool? {
    switch self {
    case .succeeded: true
    case .ready: nil
    default: false
    }
  }
}
