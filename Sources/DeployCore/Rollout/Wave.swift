import DeployModel

/// Hosts that are changed, or restarted, together.
struct Wave: Sendable, Hashable {
  /// What to do next.
  enum Move: Sendable, Hashable {
    case start(Int)
    /// No further host may be started now, and some are under way.
    case wait
    /// No further host may be started, even after others end.
    case never(String)
    /// All hosts that began have ended, and no host is left to begin.
    case ended
  }

  let hosts: [Int]
  /// The strategy that asked for the wave; nil: the rollout has no strategy.
  let script: ScriptID?
  /// The segment after which the wave's hosts are left ready; nil: they go to the end.
  let upto: Segment?
  /// Whether the wave's hosts are restarted with the release that they run.
  let isRestart: Bool
  private(set) var result = WaveResult(succeeded: [], failed: [])
  private(set) var running = 0
  /// Whether the beginning of the wave was noted; an empty wave is never announced.
  var isAnnounced = false
  private let parallel: Int?
  private var next = 0

  /// - Parameters:
  ///   - hosts: the hosts, each once.
  ///   - parallel: the most hosts at once, in addition to the deployment's own bounds.
  init(_ hosts: [Int], parallel: Int? = nil, upto: Segment? = nil, isRestart: Bool = false, for script: ScriptID? = nil) {
    self.hosts = hosts
    self.isRestart = isRestart
    self.parallel = parallel.map { max(1, $0) }
    self.script = script
    self.upto = upto
  }

  /// Whether some of the wave's hosts have not begun yet.
  var isOpen: Bool { next < hosts.count }

  /// - Parameter mayBegin: whether the deployment still starts anything new.
  mutating func next(_ admission: Admission, mayBegin: Bool) -> Move {
    guard mayBegin, next < hosts.count else { return running == 0 ? .ended : .wait }
    switch admission.mayStart(hosts[next], parallel: parallel) {
    case .wait: return .wait
    case .never(let reason): return .never(reason)
    case .go:
      next += 1
      running += 1
      return .start(hosts[next - 1])
    }
  }

  /// A host that was started has ended, or is ready.
  mutating func ended(_ host: Int, _ status: HostStatus) {
    running -= 1
    switch status {
    case .succeeded, .pending: result.succeeded.append(host)
    case .ready: result.ready = (result.ready ?? []) + [host]
    default: result.failed.append(host)
    }
  }
}
