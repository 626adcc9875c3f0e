import DeployModel

extension HostLink {
  /// The largest number of bytes of one stream in an answer.
  private static let block = 262_144

  /// Watches a job from its beginning. A single request asks the host about all of its watched jobs.
  /// - Parameters:
  ///   - isOurs: whether the job is a function of the host program. The duration of such a job says nothing about how long a recipe's
  ///     commands take.
  ///   - isNew: whether this process has just started the job, on the open channel. If false, an earlier engine started it.
  func watch(_ folder: String, isOurs: Bool, isNew: Bool) -> AsyncStream<JobEvent> {
    let (stream, sink) = AsyncStream.makeStream(of: JobEvent.self)
    watches[folder]?.sink.finish()
    watches[folder] = JobWatch(folder: folder, isOurs: isOurs, bell: isNew ? bell : nil, sink: sink)
    checks.begin()
    if !polling {
      polling = true
      Task { await poll() }
    }
    return stream
  }

  /// Ends a watch with a failure, without asking the host.
  func unwatch(_ folder: String, _ failure: Failure) {
    watches.removeValue(forKey: folder)?.end(.broken(failure))
  }

  /// Records that a job might have ended, and checks that immediately.
  func rang() {
    isRung = true
    nap?.cancel()
  }

  /// Whether the bell rings on the open channel whenever a watched job ends. Jobs that were started on another channel ring elsewhere.
  var hearsAll: Bool { bell.map { bell in watches.values.allSatisfy { $0.bell == bell } } ?? false }

  private func poll() async {
    var isIdle = false
    while !watches.isEmpty {
      if isRung {
        // The host might ring often although nothing is new. So it is not asked more often than a host that does not ring.
        if isIdle { try? await Task.sleep(for: .milliseconds(JobChecks.shortest)) }
      } else {
        let pause = hearsAll ? max(checks.pause, JobChecks.patient) : checks.pause
        let nap = Task { try await Task.sleep(for: .milliseconds(pause)) }
        self.nap = nap
        _ = await nap.result
      }
      isRung = false
      var isFull = true
      while isFull {
        let batch = watches.values.sorted { $0.folder < $1.folder }
        let arguments = ["\(HostLink.block)"] + batch.flatMap { [$0.folder, "\($0.out)", "\($0.err)"] }
        do {
          let answer = try await demand("l_poll", arguments)
          let stirred = serve(batch, answer.output)
          checks.saw(news: stirred)
          isIdle = !stirred
          isFull = stirred && more(batch)
        } catch {
          for watch in batch { unwatch(watch.folder, error) }
          isFull = false
        }
      }
    }
    polling = false
  }

  /// Returns whether one of the jobs has so much output that the rest should be fetched immediately.
  private func more(_ batch: [JobWatch]) -> Bool {
    batch.contains { old in
      watches[old.folder].map { $0.out - old.out == HostLink.block || $0.err - old.err == HostLink.block } ?? false
    }
  }

  /// Passes on one answer to the watchers. Returns whether it contained anything new.
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
      // Meanwhile, the watch was ended without asking the host, or it has begun again.
      guard var watch = watches[old.folder], watch.out == old.out, watch.err == old.err else { continue }
      watch.checks += 1
      if !out.isEmpty { watch.sink.yield(.output(.stdout, out)) }
      if !err.isEmpty { watch.sink.yield(.output(.stderr, err)) }
      watch.out += out.count
      watch.err += err.count
      stirred = stirred || !out.isEmpty || !err.isEmpty
      let whole = watch.out >= numbers[0] && watch.err >= numbers[1]
      if let end = watch.end(state: words[1], status: status, whole: whole) {
        watches[old.folder] = nil
        if !watch.isOurs { checks.ended(after: ContinuousClock.now - watch.since, atFirst: watch.checks == 1) }
        watch.end(.ended(end))
        stirred = true
      } else {
        watches[old.folder] = watch
      }
    }
    return stirred
  }
}
