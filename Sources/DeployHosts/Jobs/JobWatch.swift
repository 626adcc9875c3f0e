import DeployModel

/// What the watcher of a job receives, in this order.
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
    /// The job was claimed, but no process ever ran it, and no process can start it now.
    case unborn
    /// The host has no such job.
    case unknown
  }
  var why: Why
  /// The processes that could not be ended, each as `pid user command`.
  var survivors: [String] = []
  /// Whether the command ignored TERM, so that it had to be ended with KILL.
  var ignoredTerm = false
  /// The command has ended, but a process that it started still holds this stream of its output. Nil if no stream is held.
  var held: OutputChunk.Stream?

  /// Reads a status file: the line `RC WHY HELD`, which ends in ` kill` if TERM was ignored, and then the survivors. HELD is the number of
  /// a stream, or 0.
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

  /// Whether it is unknown how the job ended.
  var isLost: Bool {
    switch why {
    case .lost, .unborn: true
    default: false
    }
  }
}

/// A watched job. It knows how much of the job's output has been fetched, and who gets the rest.
struct JobWatch {
  var folder: String
  /// Whether the job is a function of the host program rather than a command of a recipe.
  let isOurs: Bool
  /// The nonce of the channel on which the bell rings at the end of the job. Nil if the bell does not ring, or rings elsewhere.
  let bell: String?
  let since = ContinuousClock.now
  var out = 0
  var err = 0
  var checks = 0
  /// The number of checks in a row that found neither a runner nor a status of the job.
  var doubts = 0
  var sink: AsyncStream<JobEvent>.Continuation
}

extension JobWatch {
  func end(_ event: JobEvent) {
    sink.yield(event)
    sink.finish()
  }

  /// Returns how the job ended, according to a state. Returns nil if the job is still running, or if not all of its output has been fetched
  /// (`whole`). The status of a runner that has just ended might appear a little later, so the job counts as lost only after several
  /// checks. The host itself decides how long a claimed job can take to begin.
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
