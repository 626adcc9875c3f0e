package import DeployModel

/// Decides which hosts may be taken out of service now: the floor, the number in flight and the budget, whatever a strategy asks for
/// (promises P4 and P5).
package struct Admission: Sendable, Hashable {
  package let bounds: Bounds
  /// Minimum number of hosts in service: the floor, or the initial number if lower.
  package let floor: Int
  /// By host number.
  package private(set) var service: [Service]
  /// Hosts that are in service and not in flight: whatever is in flight may leave it at any moment.
  package private(set) var servingCount: Int
  package private(set) var inFlight = 0
  package private(set) var failed = 0
  package private(set) var unreachable = 0
  /// By host number.
  private var isInFlight: [Bool]
  /// Hosts that failed and are going back: they count from then on, not only when they are back.
  private var goingBack: [Bool]
  private let lapse: Lapse?

  package init(plan: Plan, lapse: Lapse? = nil) {
    self.lapse = lapse
    goingBack = plan.hosts.map { _ in false }
    bounds = plan.bounds
    isInFlight = goingBack
    service = plan.hosts.map { host in
      if case .leftOut = host.action { .out } else { host.serves ? .in : .out }
    }
    servingCount = service.count { $0 == .in }
    floor = min(bounds.floor, servingCount)
    for host in plan.hosts { if case .leftOut = host.action { unreachable += 1 } }
  }

  package enum Verdict: Sendable, Hashable {
    case go
    /// As many as may be are in flight, or the floor is reached: ask again when one has ended.
    case wait
    /// Not even with nothing in flight.
    case never(String)
  }

  package func mayStart(_ host: Int, parallel: Int?) -> Verdict {
    if inFlight >= min(bounds.parallel, parallel ?? bounds.parallel) { return .wait }
    if service[host] != .in || servingCount - 1 >= floor || lapse == .floorIgnored { return .go }
    if inFlight > 0 { return .wait }
    return .never("\(servingCount) of \(service.count) hosts serve and the floor is \(floor), so none may be taken out of service")
  }

  /// Whether fewer hosts are in flight than may be.
  package var hasRoom: Bool { inFlight < bounds.parallel }

  package mutating func started(_ host: Int) {
    inFlight += 1
    isInFlight[host] = true
    if service[host] == .in { servingCount -= 1 }
  }

  /// A host in flight leaves the service, or joins it.
  package mutating func changed(_ host: Int, _ now: Service) { service[host] = now }

  /// A host has come to its end, or is ready: it is no longer in flight. One that is ready serves if it has got its traffic back.
  /// - Parameters:
  ///   - hadRelease: whether it ran something before.
  ///   - hasTarget: whether it is to run something now; a way back to nothing leaves a host that does not serve.
  package mutating func ended(_ host: Int, _ status: HostStatus, hadRelease: Bool, hasTarget: Bool = true) {
    inFlight -= 1
    if goingBack[host] {
      goingBack[host] = false
      if case .unknown = status { unreachable += 1 }
    } else {
      count(status)
    }
    isInFlight[host] = false
    switch status {
    case .succeeded: service[host] = hasTarget ? .in : .out
    case .restored, .untouched: service[host] = hadRelease ? .in : .out
    case .ready(let segment):
      service[host] = segment >= .admit ? (hasTarget ? .in : .out) : .out
      if lapse == .readyServes, hadRelease { service[host] = .in }
    // What failed and stays, or is out of reach, is not counted on.
    default: service[host] = .out
    }
    if service[host] == .in { servingCount += 1 }
  }

  /// A host failed, and what it ran before is put back.
  package mutating func goesBack(_ host: Int) {
    guard !goingBack[host] else { return }
    goingBack[host] = true
    failed += 1
  }

  /// A host that came to its end without having been taken out of service.
  package mutating func count(_ status: HostStatus) {
    switch status {
    case .restored, .untouched, .restoreFailed, .failed: failed += 1
    case .unknown, .leftOut: unreachable += 1
    default: break
    }
  }

  /// Why nothing more may be started; nil if the budget holds.
  package var exhausted: String? {
    if failed > bounds.failed, lapse != .budgetIgnored {
      return "\(failed) \(failed == 1 ? "host" : "hosts") failed and the budget allows \(bounds.failed)"
    }
    if unreachable > bounds.unreachable {
      return "\(unreachable) \(unreachable == 1 ? "host is" : "hosts are") out of reach and the budget allows \(bounds.unreachable)"
    }
    return nil
  }
}
