import DeployModel
import PlanDrafts

@testable import DeployCore

/// A random number generator that gives the same numbers for the same seed.
struct Chance: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_f491_4f6c_dd1d
  }
  mutating func isTrue(_ share: Double) -> Bool { Double(next() >> 11) / Double(1 << 53) < share }
}

/// Simulates a rollout wave by wave in virtual time. The real `Wave` and the real `Admission` decide. Each host has only a duration and a
/// status at its end.
struct Fleet {
  /// What happens to a host.
  struct Fate {
    var duration = 1
    var status = HostStatus.succeeded
  }
  private(set) var admission: Admission
  private let plan: Plan
  private let fates: [Fate]
  private var underWay: [(end: Int, host: Int)] = []
  private var now = 0
  /// Hosts on which the deployment was begun, in that order.
  private(set) var begun: [Int] = []
  private(set) var succeeded = 0
  private(set) var mostUnderWay = 0
  private(set) var fewestServing: Int
  /// Why the rollout stopped; nil: all waves ended.
  private(set) var stopped: String?
  /// Whether a host was begun after the budgets were exhausted.
  private(set) var brokeBudget = false

  /// Called after each change with the admission and with the hosts that are being changed.
  var look: ((Admission, [Int]) -> Void)?

  /// The reason if a rollout waits although no host is being changed, which must never happen.
  static let stuck = "nothing is under way"
  static let failure = ScriptError(Failure(.command, "exit status 1"))

  init(_ plan: Plan, _ fates: [Fate], lapse: Lapse? = nil) {
    (self.plan, self.fates) = (plan, fates)
    admission = Admission(plan: plan, lapse: lapse)
    fewestServing = admission.servingCount
  }

  /// Runs one wave until it ends or stops.
  mutating func run(_ hosts: [Int], parallel: Int? = nil) {
    guard stopped == nil, !hosts.isEmpty else { return }
    admission.waveBegan(hosts.count)
    var wave = Wave(hosts, parallel: parallel)
    while true {
      switch wave.next(admission, mayBegin: admission.exhausted == nil && stopped == nil) {
      case .start(let host):
        brokeBudget = brokeBudget || admission.failed > plan.bounds.failed || admission.unreachable > plan.bounds.unreachable
        begun.append(host)
        admission.started(host)
        underWay.append((now + fates[host].duration, host))
        mostUnderWay = max(mostUnderWay, underWay.count)
      case .wait: endNext(&wave)
      case .never(let reason): stopped = reason
      case .ended:
        stopped = stopped ?? admission.exhausted
        return
      }
      fewestServing = min(fewestServing, admission.servingCount)
      look?(admission, underWay.map(\.host))
    }
  }

  private mutating func endNext(_ wave: inout Wave) {
    guard let next = underWay.indices.min(by: { underWay[$0] < underWay[$1] }) else {
      stopped = Fleet.stuck
      return
    }
    let (end, host) = underWay.remove(at: next)
    now = end
    let status = fates[host].status
    if status == .succeeded { succeeded += 1 }
    admission.ended(host, status, hadRelease: plan.hosts[host].serves)
    wave.ended(host, status)
  }

  /// Whether the deployment would succeed.
  var isGood: Bool { stopped == nil && succeeded > 0 }
}

extension Plan {
  /// Returns a plan for hosts that run release `old`, except the hosts in `without`, which run none.
  static func fleet(_ count: Int, without: Set<Int> = [], _ bounds: Bounds) -> Plan {
    let healthy = plan(hosts: count)
    return healthy.edited { draft in
      draft.bounds = bounds
      for host in without { (draft.hosts[host].previous, draft.hosts[host].current) = (nil, nil) }
    }
  }
}
