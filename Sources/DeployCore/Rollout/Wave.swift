import DeployModel

/// Hosts that are changed, or restarted, together.
struct Wave: Sendable, Hashable {
  /// The next action.
  enum Move: Sendable, Hashable {
    case start(Int)
    /// Wait: no further host is allowed to start now, and some hosts are under way.
    case wait
    /// No further host is allowed to start, even after other hosts have ended. The string says why.
    case never(String)
    /// All hosts that began have ended, and no host is left to begin.
    case ended
  }

  let hosts: [Int]
  /// The strategy that asked for the wave, or nil if the rollout has no strategy.
  let script: ScriptID?
  /// The last segment that the wave runs; its hosts then stay ready. Nil if the hosts run all segments.
  let upto: Segment?
  /// Whether the hosts are restarted with the release that they run.
  let isRestart: Bool
  private(set) var result = WaveResult(succeeded: [], failed: [])
  private(set) var running = 0
  /// Whether the journal has a note that the wave began. An empty wave has none.
  var isAnnounced = false
  let parallel: Int?
  private var next = 0

  /// - Parameters:
  ///   - hosts: the hosts, each once.
  ///   - parallel: the largest number of hosts at the same time, or nil if only the deployment's bounds limit it.
  init(_ hosts: [Int], parallel: Int? = nil, upto: Segment? = nil, isRestart: Bool = false, for script: ScriptID? = nil) {
    self.hosts = hosts
    self.isRestart = isRestart
    self.parallel = parallel.map { max(1, $0) }
    self.script = script
    self.upto = upto
  }

  /// Whether some of the wave's hosts have not begun.
  var isOpen: Bool { next < hosts.count }

  /// The host whose turn it is, or nil if no host is left.
  var upcoming: Int? { next < hosts.count ? hosts[next] : nil }

  /// The next move if no host of the wave is allowed to begin now.
  var idle: Move { running == 0 ? .ended : .wait }

  /// Returns the next move, given what the bounds say about the host whose turn it is.
  mutating func next(_ verdict: Admission.Verdict) -> Move {
    switch verdict {
    case .wait: return .wait
    case .never(let reason): return .never(reason)
    case .go:
      next += 1
      running += 1
      return .start(hosts[next - 1])
    }
  }

  /// Records that a host of the wave has ended, or is ready.
  mutating func ended(_ host: Int, _ status: HostStatus) {
    running -= 1
    switch status {
    case .succeeded, .pending: result.succeeded.append(host)
    case .ready: result.ready = (result.ready ?? []) + [host]
    default: result.failed.append(host)
    }
  }
}
