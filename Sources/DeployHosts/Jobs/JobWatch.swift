import DeployModel

/// The events for the watcher of a job, in order.
enum JobEvent: Sendable {
  case output(OutputChunk.Stream, [UInt8])
  case ended(JobEnd)
  case broken(Failure)
}

/// How a job ended, according to its runner or the host.
struct JobEnd: Sendable, Equatable {
  enum Why: Sendable, Equatable {
    case exit(Int)
    case timeout, cancelled
    case lost(reboot: Bool)
    /// The job was claimed, but no process ever ran it, and now none can.
    case unborn
    /// There is no such job on the host.
    case unknown
  }
  var why: Why
  /// Processes that could not be ended: `pid user command`.
  var survivors: [String] = []
  /// Whether TERM was ignored, so that KILL was needed.
  var ignoredTerm = false
  /// The stream of output that a process started by the command still holds, although the command has ended.
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

  /// Whether the end of the job is unknown.
  var isLost: Bool {
    switch why {
    case .lost, .unborn: true
    default: false
    }
  }
}

/// A watched job: what is known of its output, and who gets the rest.
struct JobWatch {
  var folder: String
  /// Whether the job is a function of the host program, and not a command of a recipe.
  let isOurs: Bool
  /// The nonce of the channel on which the host rings at the end of the job; nil: it does not ring, or not here.
  let bell: String?
  let since = ContinuousClock.now
  var out = 0
  var err = 0
  var looks = 0
  /// The number of looks in a row that found neither a runner nor a status.
  var doubts = 0
  var sink: AsyncStream<JobEvent>.Continuation
}

extension JobWatch {
  func end(_ event: JobEvent) {
    sink.yield(event)
    sink.finish()
  }

  /// The meaning of a state once all output is here. If a runner has just gone, its status may still appear between two looks, so *lost*
  /// is believed only after a while. The host knows how long a claimed job may take to show itself.
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
