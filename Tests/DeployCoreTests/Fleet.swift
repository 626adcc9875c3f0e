import DeployModel
import PlanDrafts

@testable import DeployCore

/// Numbers that a seed reproduces.
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

/// A fleet that is deployed to wave by wave, in virtual time: the real `Wave` and the real `Admission`, and of each host nothing but how
/// long it takes and what becomes of it.
struct Fleet {
  /// Of each host, by number.
  struct Fate {
    var duration = 1
    var status = HostStatus.succeeded
  }
  private(set) var admission: Admission
  private let plan: Plan
  private let fates: [Fate]
  private var underWay: [(end: Int, host: Int)] = []
  private var now = 0
  /// Hosts that were begun, in their order.
  private(set) var begun: [Int] = []
  private(set) var succeeded = 0
  private(set) var mostUnderWay = 0
  private(set) var fewestServing: Int
  /// Why it stopped; nil: all waves came to their end.
  private(set) var stopped: String?
  /// Hosts were begun although that was not allowed any more.
  private(set) var brokeBudget = false

  /// Is told what serves, and who is under way, after each change.
  var look: ((Admission, [Int]) -> Void)?

  /// It waits for nothing: no rollout may.
  static let stuck = "nothing is under way"
  static let failure = ScriptError(Failure(.command, "exit status 1"))

  init(_ plan: Plan, _ fates: [Fate], lapse: Lapse? = nil) {
    (self.plan, self.fates) = (plan, fates)
    admission = Admission(plan: plan, lapse: lapse)
    fewestServing = admission.servingCount
  }

  /// One wave to its end.
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

  /// Whether it would be called a success.
  var isGood: Bool { stopped == nil && succeeded > 0 }
}

extension Plan {
  /// Hosts that run release `old`, all but some of them.
  static func fleet(_ count: Int, without: Set<Int> = [], _ bounds: Bounds) -> Plan {
    let healthy = plan(hosts: count)
    return healthy.edited { draft in
      draft.bounds = bounds
      for host in without { (draft.hosts[host].previous, draft.hosts[host].current) = (nil, nil) }
    }
  }
}
