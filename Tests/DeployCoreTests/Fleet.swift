import DeployModel
import PlanDrafts

@testable import DeployCore

/// A generator of random numbers that a seed reproduces.
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

/// A fleet that is deployed to wave by wave, in virtual time. `Wave` and `Admission` are real, and a host is only a duration and a result.
struct Fleet {
  /// The duration and the result of a host.
  struct Fate {
    var duration = 1
    var status = HostStatus.succeeded
  }
  private(set) var admission: Admission
  private let plan: Plan
  private let fates: [Fate]
  private var underWay: [(end: Int, host: Int)] = []
  private var now = 0
  /// The hosts that began, in order.
  private(set) var begun: [Int] = []
  private(set) var succeeded = 0
  private(set) var mostUnderWay = 0
  private(set) var fewestServing: Int
  /// Why the rollout stopped; nil: all waves ended.
  private(set) var stopped: String?
  /// Whether hosts began although a limit had been exceeded.
  private(set) var brokeBudget = false

  /// Called after each change, with the admission and the hosts under way.
  var look: ((Admission, [Int]) -> Void)?

  /// The reason for a rollout that waits although nothing is under way, which is never allowed.
  static let stuck = "nothing is under way"
  static let failure = ScriptError(Failure(.command, "exit status 1"))

  init(_ plan: Plan, _ fates: [Fate], lapse: Lapse? = nil) {
    (self.plan, self.fates) = (plan, fates)
    admission = Admission(plan: plan, lapse: lapse)
    fewestServing = admission.servingCount
  }

  /// Runs one wave to its end.
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

  /// Whether the rollout counts as a success.
  var isGood: Bool { stopped == nil && succeeded > 0 }
}

extension Plan {
  /// Returns a plan for hosts that run release `old`, except those in `without`, which run nothing.
  static func fleet(_ count: Int, without: Set<Int> = [], _ bounds: Bounds) -> Plan {
    let healthy = plan(hosts: count)
    return healthy.edited { draft in
      draft.bounds = bounds
      for host in without { (draft.hosts[host].previous, draft.hosts[host].current) = (nil, nil) }
    }
  }
}

extension Wave {
  /// Returns the next move, as the rollout asks for it.
  mutating func next(_ admission: Admission, mayBegin: Bool) -> Move {
    guard mayBegin, let host = upcoming else { return idle }
    return next(admission.mayStart(host, parallel: parallel))
  }
}
