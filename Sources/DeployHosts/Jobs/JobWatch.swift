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
  var out: Int
  var err: Int
  /// Polls in a row that found neither a runner nor a status.
  var doubts = 0
  var sink: AsyncStream<JobEvent>.Continuation
}

extension HostLink {
  /// Bytes of one stream that one answer carries.
  private static let block = 262_144
  /// Milliseconds between looks at the jobs: after a start, after output, and at most where nothing happens.
  private static let pause = (first: 6.0, stirred: 20.0, longest: 250.0)
  /// A job's end is seen late by at most a tenth of its time.
  private static let growth = 1.1

  /// Watches a job from its beginning. All jobs of a host are asked after in one short command.
  func watch(_ folder: String) -> AsyncStream<JobEvent> {
    let (stream, sink) = AsyncStream.makeStream(of: JobEvent.self)
    watches[folder]?.sink.finish()
    watches[folder] = JobWatch(folder: folder, out: 0, err: 0, sink: sink)
    if !polling {
      polling = true
      Task { await poll() }
    }
    return stream
  }

  /// Ends a watch from this side.
  func unwatch(_ folder: String, _ failure: Failure) {
    watches.removeValue(forKey: folder)?.end(.broken(failure))
  }

  private func poll() async {
    var pause = HostLink.pause.first
    while !watches.isEmpty {
      let batch = watches.values.sorted { $0.folder < $1.folder }
      let arguments = ["\(HostLink.block)"] + batch.flatMap { [$0.folder, "\($0.out)", "\($0.err)"] }
      do {
        let answer = try await demand("l_poll", arguments)
        let stirred = serve(batch, answer.output)
        pause = stirred ? HostLink.pause.stirred : min(pause * HostLink.growth, HostLink.pause.longest)
        if stirred && more(batch) { continue }
      } catch {
        for watch in batch { unwatch(watch.folder, error) }
      }
      if !watches.isEmpty { try? await Task.sleep(for: .milliseconds(pause)) }
    }
    polling = false
  }

  /// Whether one of them had so much to say that the rest should be fetched at once.
  private func more(_ batch: [JobWatch]) -> Bool {
    batch.contains { old in
      watches[old.folder].map { $0.out - old.out == HostLink.block || $0.err - old.err == HostLink.block } ?? false
    }
  }

  /// Hands out one answer; true if anything was new.
  private func serve(_ batch: [JobWatch], _ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    var stirred = false
    for old in batch {
      guard let end = rest.firstIndex(of: 10) else { return stirred }
      let words = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
      rest = rest[(end + 1)...]
      let numbers = words.dropFirst(2).compactMap { Int($0) }
      guard words.count == 7, words[0] == "J", numbers.count == 5, numbers.allSatisfy({ $0 >= 0 }),
        rest.count >= numbers[2].plus(numbers[3]).plus(numbers[4])
      else { return stirred }
      let out = Array(rest.prefix(numbers[2]))
      let err = Array(rest.dropFirst(numbers[2]).prefix(numbers[3]))
      let status = String(decoding: rest.dropFirst(numbers[2] + numbers[3]).prefix(numbers[4]), as: UTF8.self)
      rest = rest.dropFirst(numbers[2] + numbers[3] + numbers[4])
      // Meanwhile ended from this side, or watched anew.
      guard var watch = watches[old.folder], watch.out == old.out, watch.err == old.err else { continue }
      if !out.isEmpty { watch.sink.yield(.output(.stdout, out)) }
      if !err.isEmpty { watch.sink.yield(.output(.stderr, err)) }
      watch.out += out.count
      watch.err += err.count
      stirred = stirred || !out.isEmpty || !err.isEmpty
      let whole = watch.out >= numbers[0] && watch.err >= numbers[1]
      if let end = watch.end(state: words[1], status: status, whole: whole) {
        watches[old.folder] = nil
        watch.end(.ended(end))
        stirred = true
      } else {
        watches[old.folder] = watch
      }
    }
    return stirred
  }
}

extension JobWatch {
  func end(_ event: JobEvent) {
    sink.yield(event)
    sink.finish()
  }

  /// What a state means once all output is here. A runner that has just gone may still have left its status between two looks:
  /// that is believed only after a while. How long a claimed one may take to show itself the host knows.
  fileprivate mutating func end(state: Substring, status: String, whole: Bool) -> JobEnd? {
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
