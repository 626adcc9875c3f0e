import DeployCore
import DeployModel

/// Runs commands that change nothing. They need no claim, no watch and no sync, so a short command takes a third of the time that a job
/// takes.
extension Hosts {
  /// Runs the command until its answer has arrived. The host keeps the first answer until it reboots, and repeats it on request.
  func answer(_ command: Command, _ errand: Errand) async throws(Failure) -> Outcome {
    let job = try await job(of: command, errand)
    let script = Array(job.script.utf8)
    let name = [errand.site.path, errand.site.deployment.rawValue, job.name]
    await errand.flight.whenCancelled {
      _ = try? await errand.link.call("l_stop", name + ["cancelled", "1", job.user ?? ""], also: job.asUser)
    }
    while true {
      try errand.flight.check()
      let answer = try await errand.link.demand(
        "l_ask", name + [job.user ?? "", "\(script.count)", job.inline ?? ""], payload: job.inline == nil ? script + job.input : [],
        also: job.asUser)
      if let said = Answered(answer.output) { return try await outcome(of: said, job, errand) }
    }
  }

  private func outcome(of answered: Answered, _ job: Job, _ errand: Errand) async throws(Failure) -> Outcome {
    let folder = "jobs/\(errand.site.deployment)/\(job.name)"
    var streams: [Captured] = []
    var rest = answered.bytes
    for (stream, size) in [(OutputChunk.Stream.stdout, answered.out), (.stderr, answered.err)] {
      var capture = Capture(vault)
      var bytes = Array(rest.prefix(size))
      rest = rest.dropFirst(size)
      while bytes.count < size {
        let file = folder + (stream == .stdout ? "/out." : "/err.") + answered.name
        let count = min(Hosts.block, size - bytes.count)
        let part = try await errand.link.demand("l_kept", [errand.site.path, file, "\(bytes.count)", "\(count)"]).output
        guard !part.isEmpty else { throw Failure(.transport, "\(bytes.count) of \(size) bytes of an answer arrived") }
        bytes += part
      }
      for part in [capture.take(bytes), capture.finish()] where !part.bytes.isEmpty {
        errand.output(
          OutputChunk(intent: errand.intent.id, place: errand.intent.place, stream: stream, offset: part.offset, bytes: part.bytes))
      }
      streams.append(capture.captured)
    }
    return Hosts.outcome(of: JobEnd(.exit(answered.status)), job.line, errand, streams[0], streams[1])
  }
}

/// The output of `l_ask` once there is an answer. It is a line `STATUS OUT ERR NAME`, followed by both streams if they are short. OUT and
/// ERR are the sizes of the streams. The names of the files with the streams end in NAME.
struct Answered {
  let status: Int
  let out: Int
  let err: Int
  let name: String
  let bytes: ArraySlice<UInt8>

  /// Reads the output, or nil if there is no answer yet.
  init?(_ output: [UInt8]) {
    guard let end = output.firstIndex(of: 10) else { return nil }
    let words = String(decoding: output[..<end], as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count == 4, let status = Int(words[0]), let out = Int(words[1]), let err = Int(words[2]), out >= 0, err >= 0
    else { return nil }
    (self.status, self.out, self.err, name, bytes) = (status, out, err, words[3], output[(end + 1)...])
  }
}
