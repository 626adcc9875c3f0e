import DeployCore
import DeployGround
import DeployModel

/// A command in the form in which a host runs it.
struct Job: Sendable {
  /// Lines for `sh`. They might contain secrets, so they go into a file that is deleted before the first line runs.
  var script: String
  var input: [UInt8] = []
  var merge = false
  var user: String?
  /// The command as messages show it to people, without secrets.
  var line: String
  /// Whether the command is allowed to be started again if it was lost.
  var again = false
  /// The functions of the host program that the job's lines call, or empty if the lines come from a recipe.
  var ours: [String] = []
  /// If true, the job counts as ended only when its output has been closed too.
  var awaitsOutput = false
  /// The name of the job's folder on the host. It is usually the number of the intent.
  var name: String

  /// Shell words in front of the command that replaces the shell. If the shell has no session of its own, they are the program that gives
  /// the command one.
  static let session = #"${l_setsid+"$l_setsid"}"#
  /// The largest size, in bytes, of a script that is sent as a word of the request. A shell reads such a word byte by byte, but has to
  /// start two programs to read a payload.
  static let small = 6144

  /// The function that a host needs to run a command as another user.
  var asUser: [String] { user == nil ? [] : ["l_as_user"] }
  /// The script as a word of the request. Nil if the script has to be sent as payload, because input follows it, or because another user
  /// runs it.
  var inline: String? {
    input.isEmpty && user == nil && script.utf8.count <= Job.small && !script.utf8.contains(0) ? script : nil
  }
}

extension Hosts {
  func run(_ command: Command, _ errand: Errand) async -> Outcome {
    await outcome { () async throws(Failure) in try await self.follow(try await self.job(of: command, errand), errand).outcome }
  }

  /// Follows a recipe's job to its end. A lost job that is allowed to be started again is started up to three times.
  func follow(_ job: Job, _ errand: Errand) async throws(Failure) -> CommandPartEnd {
    var end = JobEnd(.unknown)
    var out: Captured?
    var err: Captured?
    for turn in 1...3 {
      (end, out, err) = try await watch(job, errand, output: errand.output)
      guard end.isLost, job.again, turn < 3 else { break }
    }
    return CommandPartEnd(Hosts.outcome(of: end, job.line, errand, out, err), heldOpen: end.held)
  }

  /// Runs one of the host program's own jobs: a function of the host program with its arguments.
  /// - Parameters:
  ///   - also: functions that this one calls only for arguments like these.
  ///   - choices: functions that this one calls in place of others. Nil stands for no function.
  ///   - output: is called with everything that the function prints, as it arrives. The returned output is cut to the limit of an outcome.
  /// - Returns: the output of the function. - Throws: its refusal, according to its exit status.
  func internalJob(
    _ function: String, _ arguments: [String], also: [String] = [], choosing choices: [Pack.Choice?] = [], _ errand: Errand,
    name: String? = nil,
    output: @escaping @Sendable (OutputChunk) -> Void = { _ in }
  ) async throws(Failure) -> String {
    let call = ([function] + arguments).map(Quoting.word).joined(separator: " ")
    // They are sent with the job, so that the channel's keeper does not have to be replaced.
    let chosen = choices.compactMap { $0 }
    let functions =
      String(decoding: program.text(of: also + chosen.map(\.function)), as: UTF8.self)
      + chosen.map { $0.line + "\n" }.joined()
    let job = Job(
      script: "\(functions)\(call)\n", line: "lander: \(errand.intent.operation.verb)", again: true, ours: [function],
      name: name ?? "\(errand.intent.id)")
    for turn in 1...3 {
      let (end, out, err) = try await watch(job, errand, output: output)
      switch end.why {
      case .exit(0): return out?.text ?? ""
      case .exit(let status): throw Refusal.failure(status: status, said: err?.text ?? "")
      case .lost where turn < 3, .unborn where turn < 3: continue
      default: throw Hosts.outcome(of: end, job.line, errand, out, err).failure ?? Failure(.internal, "a job without an end")
      }
    }
    throw Failure(
      .lost, "\(job.line) was lost three times", fix: "look at the host: does it reboot, or run out of memory?")
  }

  /// Starts a job, or attaches to it if it has already been started, and follows it to its end.
  func watch(
    _ job: Job, _ errand: Errand, output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Failure) -> (JobEnd, Captured?, Captured?) {
    let site = errand.site
    let script = Array(job.script.utf8)
    guard script.count + job.input.count <= HostSite.largestPiece else {
      throw Failure(
        .invalid, "`\(job.line)` has an input of \(job.input.count) bytes; \(HostSite.largestPiece) is the most",
        fix: "upload a file and read it")
    }
    let grace = max(1, options.grace.milliseconds / 1000)
    let seconds = "\(errand.intent.timeout.milliseconds / 1000).\(String(1000 + errand.intent.timeout.milliseconds % 1000).dropFirst())"
    let line = vault.clean(String(job.line.prefix(400)).replacing("\n", with: " ").replacing("\t", with: " "))
    let since = "\(WallClock.now.milliseconds)"
    let answer = try await errand.link.demand(
      "l_job",
      errand.claim + [
        site.deployment.rawValue, job.name, seconds, "\(grace)", "\(options.outputLimit)", job.merge ? "1" : "0", job.user ?? "",
        "\(script.count)", since, job.again ? "repeat" : "fail", job.awaitsOutput ? "1" : "0", line,
        job.ours.isEmpty ? "" : "1", job.inline ?? "",
      ],
      payload: job.inline == nil ? script + job.input : [], also: job.asUser, inside: job.ours)
    let folder = "\(site.path)/.lander/jobs/\(site.deployment)/\(job.name)"
    let stop: @Sendable (String) async -> Void = { why in
      _ = try? await errand.link.call(
        "l_stop", [site.path, site.deployment.rawValue, job.name, why, "\(grace)", job.user ?? ""], also: job.asUser)
    }
    let events = await errand.link.watch(folder, isOurs: !job.ours.isEmpty, isNew: answer.text.trimmed == "started")
    await errand.flight.whenCancelled { await stop("cancelled") }
    let late = Task {
      // Normally, the host itself ends the job in time. This is for hosts that do not.
      try await Task.sleep(for: (errand.intent.timeout + .seconds(2 * grace + 20)).duration)
      await stop("timeout")
      try await Task.sleep(for: Interval.seconds(2 * grace + 20).duration)
      await errand.link.unwatch(folder, Failure(.timeout, "`\(line)` was not done within \(errand.intent.timeout), and could not be ended"))
    }
    defer { late.cancel() }

    var out = Capture(vault)
    var err = Capture(vault)
    func pass(_ stream: OutputChunk.Stream, _ part: (offset: Int, bytes: [UInt8])) {
      if part.bytes.isEmpty { return }
      output(OutputChunk(intent: errand.intent.id, place: errand.intent.place, stream: stream, offset: part.offset, bytes: part.bytes))
    }
    for await event in events {
      switch event {
      case .output(.stdout, let bytes): pass(.stdout, out.take(bytes))
      case .output(.stderr, let bytes): pass(.stderr, err.take(bytes))
      case .broken(let failure): throw failure
      case .ended(let end):
        pass(.stdout, out.finish())
        pass(.stderr, err.finish())
        let last = end.why == .lost(reboot: false) ? await remains(of: job, errand, grace: grace, stop) : end
        return (last, out.captured, err.captured)
      }
    }
    throw Failure(.internal, "`\(line)` is watched by somebody else", fix: "one intent is performed once at a time")
  }

  /// Ends what is left of a job whose runner is gone. If it were not ended, the job's command could run at the same time as later commands.
  /// - Returns: how the job ended, with the processes that could not be ended, or *lost* if the host does not answer in time.
  private func remains(of job: Job, _ errand: Errand, grace: Int, _ stop: @Sendable (String) async -> Void) async -> JobEnd {
    await stop("lost")
    let status = "jobs/\(errand.site.deployment)/\(job.name)/status"
    let end = ContinuousClock.now + .seconds(grace + 20)
    while ContinuousClock.now < end {
      if let text = try? await errand.link.call("l_show", [errand.site.path, status]), text.status == 0, !text.text.isEmpty {
        return JobEnd(status: text.text.trimmed + "\n")
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
    return JobEnd(.lost(reboot: false))
  }

  /// Makes the outcome of an intent whose job has ended.
  static func outcome(of end: JobEnd, _ line: String, _ errand: Errand, _ out: Captured?, _ err: Captured?) -> Outcome {
    var outcome = Outcome(stdout: out, stderr: err)
    let short = line.utf8.count > 200 ? String(line.prefix(200)) + "…" : line
    var left = ""
    if !end.survivors.isEmpty {
      left = "; \(end.survivors.count) processes left that could not be ended: \(end.survivors.prefix(5).joined(separator: "; "))"
    }
    let ended = end.ignoredTerm ? "had to be killed: it ignored TERM" : "was ended"
    switch end.why {
    case .exit(let status):
      outcome.status = status
      if status != 0 {
        let cause = status > 128 && status < 192 ? "was ended by signal \(status - 128)" : "exited with \(status)"
        let fix: String? =
          switch status {
          case 126: "is the file executable?"
          case 127: "is it installed there, in PATH? a script with CRLF line ends is not found either"
          default: nil
          }
        outcome.failure = Failure(.command, "`\(short)` \(cause)", fix: fix)
      }
    case .timeout:
      outcome.failure = Failure(
        .timeout, "`\(short)` was not done within \(errand.intent.timeout) and \(ended)\(left)", fix: "give it a longer timeout")
    case .cancelled:
      let killed = end.ignoredTerm ? " and had to be killed: it ignored TERM" : ""
      outcome.failure = Failure(.cancelled, "`\(short)` was cancelled\(killed)\(left)")
    case .lost(let reboot):
      let cause = reboot ? "the host rebooted while it ran" : "its runner on the host is gone and left no status"
      outcome.failure = Failure(
        .lost, "nobody can say how `\(short)` ended: \(cause)\(left)",
        fix: "look at the host; where it may safely run twice, say on_lost = \"repeat\"")
    case .unborn:
      outcome.failure = Failure(
        .lost, "`\(short)` did not run: it was claimed on the host, and no process was ever started for it",
        fix: "look at what the host's limits allow (ulimit -a), its memory and its disk; then deploy again")
    case .unknown:
      outcome.failure = Failure(.lost, "the host knows nothing of `\(short)`", fix: "was \(errand.site.path)/.lander removed?")
    }
    return outcome
  }
}
