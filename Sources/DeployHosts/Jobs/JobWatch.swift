import DeployModel

/// What a watcher of a job hears, in order.
enum JobEvent: Sendable {
  case output(OutputChunk.Stream, [UInt8])
  case ended(JobEnd)
  case broken(Failure)
}

/// How a job ended, as its runner or the host tells.
struct JobEnd: Sendable, Equatable {
  enum Why: Sendable, Equatable {
    case exit(Int)
    case timeout, cancelled
    case lost(reboot: Bool)
    /// It was claimed, and no process ever ran it; now none can.
    case unborn
    /// There is no such job on the host.
    case unknown
  }
  var why: Why
  /// Processes that could not be ended: `pid user command`.
  var survivors: [String] = []
  /// TERM was ignored, so that it took KILL.
  var ignoredTerm = false
  /// The command ended, and something it started still holds this stream of its output.
  var held: OutputChunk.Stream?

  /// Reads a status file: `RC WHY HELD` (0, or the number of a stream), `kill` if TERM was ignored, then the survivors.
  init(status text: String) {
    let lines = text.fullLines.map(String.init)
    let words = lines.first?.parts(at: " ") ?? []
    survivors = Array(lines.dropFirst())
    ignoredTerm = words.count > 3 && words[3] == "kill"
    held = words.count > 2 ? ["1": .stdout, "2": .stderr][words[2]] : nil
    switch words.count > 1 ? words[1] : "" {
    case "exit": why = .exit(Int(words[0]) ?? -1)
    case "timeout": why = .timeout
    case "cancelled": why = .cancelled
    default: why = .lost(reboot: false)
    }
  }
  init(_ why: Why) { self.why = why }

  /// Whether nobody knows an end of it.
  var isLost: Bool {
    switch why {
    case .lost, .unborn: true
    default: false
    }
  }
}

/// One job that is being watched: what is known of its output, and who hears the rest.
struct JobWatch {
  var folder: String
  let since = ContinuousClock.now
  var out = 0
  var err = 0
  var looks = 0
  /// Looks in a row that found neither a runner nor a status.
  var doubts = 0
  var sink: AsyncStream<JobEvent>.Continuation
}

extension JobWatch {
  func end(_ event: JobEvent) {
    sink.yield(event)
    sink.finish()
  }

  /// What a state means once all output is here. A runner that has just gone may still have left its status between two looks:
  /// that is believed only after a while. How long a claimed one may take to show itself the host knows.
  mutating func end(state: Substring, status: String, whole: Bool) -> JobEnd? {
    switch state {
    case "done": return whole ? JobEnd(status: status) : nil
    case "none": return JobEnd(.unknown)
    case "rebooted": return whole ? JobEnd(.lost(reboot: true)) : nil
    case "lost":
      doubts += 1
      return whole && doubts > 3 ? JobEnd(.lost(reboot: false)) : nil
    case "unborn": return JobEnd(.unborn)
    default:
      doubts = 0
      return nil
    }
  }
}
