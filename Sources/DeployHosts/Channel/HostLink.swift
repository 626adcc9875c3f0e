import DeployModel

/// The connection to one host. It has a channel, which is opened again if it breaks, and the requests and jobs that are waiting.
actor HostLink {
  let reach: Reach
  let options: Hosts.Options
  private let reactor: Reactor
  private let admission: Admission
  private let program: HostProgram
  private let notice: @Sendable (Hosts.Notice) -> Void
  /// Receives what the host prints when a lock is renewed.
  let inbox: HostInbox
  private var channel: Channel?
  /// A channel whose client has started but has not reached a shell yet.
  private var greeting: Channel?
  private var opening: Task<Result<Channel, Failure>, Never>?
  /// Whether the host has been reached, by this process or by an earlier process of the same deployment.
  private var isKnown = false
  /// Whether the host stayed unreachable until the patience was used up, and has not answered since.
  private(set) var isGivenUp = false
  private var closed = false
  /// The parts of the host program that requests have needed so far. A reopened channel gets them immediately.
  private var needed = HostProgram.Needs()
  /// Why the last attempt to reach the host failed, or nil if it succeeded or there was no attempt.
  private var away: Failure?
  /// The shortest time in which the host answered a request without payload, or nil if it answered none.
  private var quickest: Duration?
  /// When the last answer arrived, or nil if there was none.
  private var heard: ContinuousClock.Instant?
  /// The number of requests that wait for an answer.
  private var unanswered = 0
  var watches: [String: JobWatch] = [:]
  var polling = false
  var checks = JobChecks()
  /// The task that waits until the next check of jobs.
  var nap: Task<Void, any Error>?
  /// Whether the bell has rung since the last check.
  var isRung = false
  var leases: [ExactText: Task<Void, Never>] = [:]

  init(
    _ reach: Reach, options: Hosts.Options, reactor: Reactor, admission: Admission, program: HostProgram, inbox: HostInbox,
    notice: @escaping @Sendable (Hosts.Notice) -> Void
  ) {
    self.reach = reach
    self.options = options
    self.reactor = reactor
    self.admission = admission
    self.program = program
    self.inbox = inbox
    self.notice = notice
  }

  /// Runs one short function of the host program. If the channel breaks, the request is repeated on a new channel, so every function must
  /// tolerate a repeated request. The payload has at most `Hosts.request` bytes; a longer payload has to be in a file. If no answer arrives
  /// within `within` (or the usual time, if nil), the channel counts as broken.
  /// - Parameters:
  ///   - also: functions that this function calls only for arguments like these.
  ///   - inside: the functions that a job of the host program calls.
  ///   - queued: called when the request has its place among the requests of the channel, and again if it is repeated.
  /// - Throws: the host's refusal, derived from the exit status, or `unreachable` once the patience is used up.
  func call(
    _ function: String, _ arguments: [String], payload: [UInt8] = [], file: FilePart? = nil, patience: Interval? = nil,
    within: Interval? = nil, also: [String] = [], inside: [String] = [], queued: @escaping @Sendable () -> Void = {}
  ) async throws(Failure) -> Channel.Answer {
    let words = Quoting.line([function] + arguments)
    let size = file?.count ?? payload.count
    let line: @Sendable (Int) -> String = { size == 0 ? "l_do \($0) \(words)" : "l_in \($0) \(size) \(words)" }
    let program = self.program
    let needs = program.needs(of: [function] + also, inside: inside)
    needed.add(needs)
    let preface: @Sendable (inout HostProgram.Lessons) -> [UInt8] = { program.preface(&$0, for: function, needs: needs) }
    var silences = 0
    while true {
      let channel = try await open(patience: patience)
      let start = ContinuousClock.now
      unanswered += 1
      let result = await channel.ask(
        payload, file: file, within: within ?? options.answer, preface: preface, line: line, queued: queued)
      unanswered -= 1
      switch result {
      case .success(let answer):
        let now = ContinuousClock.now
        if size == 0 { quickest = min(quickest ?? now - start, now - start) }
        heard = now
        return answer
      case .failure(let broken):
        forget(channel)
        if broken.silent { silences += 1 }
        if silences > 1 {
          throw Failure(
            .unreachable, "`\(function)` got no answer, twice", fix: "look at the load and the disks of the host")
        }
      }
    }
  }

  /// Whether the host answers so quickly that the connection to it is probably fast.
  var isNear: Bool { quickest.map { $0 <= options.near.duration } ?? false }

  /// Whether the host is not near and can decompress data.
  var isFarAndUnpacks: Bool { !isNear && channel.map { $0.isOpen && $0.unpacks } ?? false }

  /// Makes sure that the channel is open, so that the next request does not have to wait until it is. If the channel has been silent for a
  /// while, this checks that it still answers.
  /// - Parameter function: the function that the next request calls.
  func wake(for function: String) async throws(Failure) {
    needed.add(program.needs(of: [function]))
    if channel.map({ !$0.isOpen }) ?? true { _ = try await open(patience: nil) }
    if heard.map({ ContinuousClock.now - $0 < .seconds(5) }) ?? false { return }
    _ = try await demand("l_ping", [])
  }

  /// Calls a function as `call` does, and throws if the exit status is not 0.
  func demand(
    _ function: String, _ arguments: [String], payload: [UInt8] = [], file: FilePart? = nil, patience: Interval? = nil,
    within: Interval? = nil, also: [String] = [], inside: [String] = [], queued: @escaping @Sendable () -> Void = {}
  ) async throws(Failure) -> Channel.Answer {
    let answer = try await call(
      function, arguments, payload: payload, file: file, patience: patience, within: within, also: also, inside: inside, queued: queued)
    guard answer.status == 0 else { throw Refusal.failure(answer) }
    return answer
  }

  /// Returns the open channel, or opens a new one. If that fails and the cause might be temporary, tries again with growing pauses.
  private func open(patience: Interval?) async throws(Failure) -> Channel {
    if closed { throw Failure(.cancelled, "the transport was closed") }
    if let channel, channel.isOpen { return channel }
    let limit = patience ?? options.patience
    if let opening {
      if limit == .zero { throw Failure(.unreachable, "it is still unreachable") }
      return try await opening.value.get()
    }
    let tries = isKnown ? Int.max : options.attempts
    let task = Task { await self.connect(limit: limit, tries: tries) }
    opening = task
    let result = await task.value
    opening = nil
    switch result {
    case .success(let channel):
      self.channel = channel
      heard = .now
      isKnown = true
      isGivenUp = false
    case .failure: isGivenUp = isKnown
    }
    return try result.get()
  }

  /// Why requests get no answer now, as a clause, or nil if the host answers.
  var trouble: String? {
    if let away { return "the host is unreachable (\(away.message))" }
    return unanswered > 0 ? "the connection is open, and the host does not answer" : nil
  }

  /// The nonce of the open channel if its keeper rings the bell at the end of each job, or nil if it does not.
  var bell: String? { channel.flatMap { $0.isOpen && $0.rings ? $0.nonce : nil } }

  /// Records that a deployment is changing the host. If the host becomes unreachable after that, Lander keeps trying until the patience is
  /// used up.
  func remember() { isKnown = true }

  private func connect(limit: Interval, tries: Int) async -> Result<Channel, Failure> {
    let clock = ContinuousClock()
    let start = clock.now
    let end = start + limit.duration
    var pause = 250
    var attempt = 1
    while true {
      await admission.enter()
      let result = closed ? .failed(Failure(.cancelled, "the transport was closed"), passes: false) : await once()
      await admission.leave()
      switch result {
      case .opened(let channel):
        away = nil
        if isKnown, attempt > 1 { notice(.back(reach.name, after: Interval(clock.now - start))) }
        return .success(channel)
      case .failed(var failure, let passes):
        away = failure
        if !passes { return .failure(failure) }
        if isKnown, attempt == 1, !isGivenUp, limit > .zero { notice(.away(reach.name, failure, patience: limit)) }
        if clock.now >= end || attempt >= tries {
          if attempt > 1 { failure.message += " (tried \(attempt) times)" }
          return .failure(failure)
        }
      }
      try? await Task.sleep(for: .milliseconds(Int.random(in: pause / 2...pause)))
      pause = min(pause * 2, 8000)
      attempt += 1
    }
  }

  private enum Attempt {
    case opened(Channel)
    case failed(Failure, passes: Bool)
  }

  /// Makes one attempt: starts the client, skips the login shell's output, and gives the shell the host program.
  private func once() async -> Attempt {
    let nonce = Hex.word()
    let opening = program.opening(needed)
    let copy = reach.kind == .ssh && options.keepsProgram ? program.copy(of: opening) : nil
    let (argv, then) = reach.start()
    let channel: Channel
    do { channel = try Channel(argv, environment: reach.environment, nonce: nonce, reactor: reactor) } catch {
      return .failed(error, passes: false)
    }
    greeting = channel
    defer { greeting = nil }
    // The first answer says whether the shell has the program now, and otherwise whether the following text can be compressed.
    var lessons = HostProgram.Lessons(known: opening.known, own: opening.own)
    let (probe, status) = copy.map { ($0.load(nonce: nonce), "$l_s") } ?? ("command -v gzip >/dev/null 2>&1; ", "$?")
    let first = "\(HostProgram.ring); \(probe)"
    switch await channel.ask(within: options.login, line: { first + HostProgram.mark(nonce, $0, status: status) + then }) {
    case .success(let answer):
      lessons.unpacks = answer.status == 0
      if copy != nil {
        let found = ProgramCopy.Found(status: answer.status)
        lessons.unpacks = found.unpacks
        if found.isLoaded { return opened(channel, lessons) }
      }
    case .failure(let broken):
      channel.close()
      return explain(broken)
    }
    for compressed in lessons.unpacks ? [true, false] : [false] {
      let (line, text) = program.beginning(opening, nonce: nonce, compressed: compressed, copy: copy)
      switch await channel.ask(text, within: options.login, line: { "\(line); \(HostProgram.mark(nonce, $0))" }) {
      case .success(let answer) where answer.status == 0:
        lessons.unpacks = compressed
        return opened(channel, lessons)
      case .success: continue
      case .failure(let broken):
        channel.close()
        guard broken.said.contains(HostProgram.noDD) else { return explain(broken) }
        return .failed(Failure(.missing, HostProgram.noDD, fix: "install coreutils or busybox there"), passes: false)
      }
    }
    channel.close()
    let fix = "check whether sh and dd work there: \(reach.typed)"
    return .failed(Failure(.missing, "its shell could not take Lander's program", fix: fix), passes: false)
  }

  private func opened(_ channel: Channel, _ lessons: HostProgram.Lessons) -> Attempt {
    channel.learn(lessons) { [weak self] in Task { await self?.rang() } }
    return .opened(channel)
  }

  /// Explains a failed attempt, and says whether to try again. If there was no shell within the time limit for a login, the login is tried
  /// again only if a deployment is changing the host.
  private func explain(_ broken: Channel.Broken) -> Attempt {
    if broken.silent {
      let message = "its login gave no shell within \(options.login)"
      let fix = "try by hand: \(reach.typed); does the login shell, or what it reads at its start, wait for something?"
      return .failed(Failure(.unreachable, message, fix: fix), passes: isKnown)
    }
    if reach.kind == .ssh {
      let diagnosis = SSHDiagnosis(broken.said, reach: reach)
      return .failed(diagnosis.failure, passes: diagnosis.passes)
    }
    let said = SSHDiagnosis.last(broken.said)
    let message = "`\(reach.typed)` gave no shell" + (said.isEmpty ? "" : ": \(said)")
    return .failed(Failure(.unreachable, message, fix: "try by hand: \(reach.typed)"), passes: true)
  }

  private func forget(_ channel: Channel) {
    channel.close()
    if self.channel === channel { self.channel = nil }
  }

  /// Ends the channel. Everything that is running on the host continues.
  func close() {
    closed = true
    for lease in leases.values { lease.cancel() }
    leases = [:]
    for channel in [channel, greeting] { channel?.close() }
    channel = nil
  }

  /// The process id of the channel's client, or nil if no channel is open. Tests use it to end the client.
  var client: Int32? { channel.flatMap { $0.isOpen ? $0.pid : nil } }
}
