import DeployModel

extension HostLink {
  /// The most bytes of one stream in an answer.
  private static let block = 262_144

  /// Watches a job from its beginning. One short command asks for all jobs of a host.
  /// - Parameters:
  ///   - isOurs: whether the job is a function of the host program. Its duration says nothing about a recipe's commands.
  ///   - isNew: whether the job was started now, on the open channel, and not by an earlier engine.
  func watch(_ folder: String, isOurs: Bool, isNew: Bool) -> AsyncStream<JobEvent> {
    let (stream, sink) = AsyncStream.makeStream(of: JobEvent.self)
    watches[folder]?.sink.finish()
    watches[folder] = JobWatch(folder: folder, isOurs: isOurs, bell: isNew ? bell : nil, sink: sink)
    looks.begin()
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

  /// A job may have ended: looks now.
  func rang() {
    isRung = true
    nap?.cancel()
  }

  /// Whether the end of every watched job rings on the open channel. Jobs of a channel that broke, or of another engine, ring elsewhere.
  var hearsAll: Bool { bell.map { bell in watches.values.allSatisfy { $0.bell == bell } } ?? false }

  private func poll() async {
    var isIdle = false
    while !watches.isEmpty {
      if isRung {
        // A host that rings for nothing is not asked more often than one that does not ring.
        if isIdle { try? await Task.sleep(for: .milliseconds(Looks.shortest)) }
      } else {
        let pause = hearsAll ? max(looks.pause, Looks.patient) : looks.pause
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
          looks.saw(news: stirred)
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

  /// Whether one of them has so much output that the rest should be fetched at once.
  private func more(_ batch: [JobWatch]) -> Bool {
    batch.contains { old in
      watches[old.folder].map { $0.out - old.out == HostLink.block || $0.err - old.err == HostLink.block } ?? false
    }
  }

  /// Passes on one answer; true if it had anything new.
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
      // It has been ended from this side meanwhile, or is watched again.
      guard var watch = watches[old.folder], watch.out == old.out, watch.err == old.err else { continue }
      watch.looks += 1
      if !out.isEmpty { watch.sink.yield(.output(.stdout, out)) }
      if !err.isEmpty { watch.sink.yield(.output(.stderr, err)) }
      watch.out += out.count
      watch.err += err.count
      stirred = stirred || !out.isEmpty || !err.isEmpty
      let whole = watch.out >= numbers[0] && watch.err >= numbers[1]
      if let end = watch.end(state: words[1], status: status, whole: whole) {
        watches[old.folder] = nil
        if !watch.isOurs { looks.ended(after: ContinuousClock.now - watch.since, atFirst: watch.looks == 1) }
        watch.end(.ended(end))
        stirred = true
      } else {
        watches[old.folder] = watch
      }
    }
    return stirred
  }
}
