import DeployCore
package import DeployModel
import Glibc

/// The machine the engine runs on: commands in a process group each, that end with their timeout, with their output capped and
/// secrets replaced. They do not outlive the engine: a `Warden` ends those of an engine that was killed. One that was begun by an engine
/// before is lost, unless it may be repeated.
package final class EngineProcesses: EngineMachine {
  private struct Key: Hashable {
    var deployment: Deployment.ID
    var intent: Int
  }
  private let directory: String
  private let vault: Vault
  private let reactor = Reactor()
  private let flights = Guarded<[Key: Flight]>([:])
  private let grace: Interval
  private let limit: Int
  private let warden = Warden()
  /// nil: nothing is written down, as where no deployment runs.
  private let claims: EngineClaims?

  /// - Parameters:
  ///   - directory: what relative paths and commands start from.
  ///   - vault: what is looked for in everything that comes back, also if a host was given it.
  ///   - grace: between TERM and KILL.
  ///   - limit: bytes of each stream that are passed on.
  ///   - claims: the folder in which the commands of deployments are written down, so that none runs twice; nil: no deployment runs here.
  private let trace: Hosts.TraceOf

  package init(
    directory: String, vault: Vault, claims: String? = nil, grace: Interval = .seconds(10), limit: Int = 64 << 20,
    trace: @escaping Hosts.TraceOf = { _, _, _ in nil }
  ) {
    self.trace = trace
    self.claims = claims.map { EngineClaims(in: $0) }
    self.directory = directory
    self.vault = vault
    self.grace = grace
    self.limit = limit
  }

  package func close() async {
    reactor.stop()
    warden.close()
  }

  /// What an engine before left running is ended first: what it still did would come after what is done now.
  package func attend(_ deployment: Deployment.ID, resumed: Bool) async throws(Failure) {
    guard let left = try claims?.open(deployment, resumed: resumed) else { return }
    for command in left {
      // The warden of that engine is at it.
      var turns = 0
      while command.isAlive, turns < 200 {
        turns += 1
        if turns >= 30, turns % 30 == 0 { command.end() }
        try? await Task.sleep(for: .milliseconds(50))
      }
      guard turns == 200 else { continue }
      throw Failure(
        .timeout, "a command that the engine before began on this machine does not end (process group \(command.group))",
        fix: "end it (kill -9 -\(command.group)), then resume")
    }
  }

  package func forget(_ deployment: Deployment.ID) async { claims?.forget(deployment) }

  package func perform(_ intent: Intent, of deployment: Deployment.ID, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    let key = Key(deployment: deployment, intent: intent.id)
    let flight = Flight(limit: intent.timeout)
    flights.with { $0[key] = flight }
    var outcome: Outcome
    do throws(Failure) { outcome = try await route(intent, deployment, flight, output) } catch { outcome = Outcome(failure: error) }
    flights.with { $0[key] = nil }
    if let failure = outcome.failure {
      outcome.failure?.message = vault.clean(failure.message)
      outcome.failure?.fix = failure.fix.map(vault.clean)
    }
    outcome.duration = Interval(clock.now - start)
    return outcome
  }

  package func cancel(_ intent: Int, of deployment: Deployment.ID) async {
    await flights.with { $0[Key(deployment: deployment, intent: intent)] }?.cancel()
  }

  /// Ends every command that runs now: TERM, and KILL after the grace time, or at once where this is asked again. Returns when all
  /// have ended.
  package func end() async {
    for flight in flights.with({ Array($0.values) }) { await flight.cancel() }
    while !flights.with({ $0.isEmpty }) { try? await Task.sleep(for: .milliseconds(20)) }
  }

  private func route(
    _ intent: Intent, _ deployment: Deployment.ID, _ flight: Flight, _ output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Failure) -> Outcome {
    switch intent.operation {
    case .run(let command):
      if command.onLost != .repeat, command.isQuestion != true, let claims {
        guard !claims.wasBegun(intent.id, of: deployment) else { throw Self.lost(command) }
        let program = try await process(command, intent, deployment)
        try claims.begin(intent.id, of: deployment)
        defer { claims.ended(intent.id, of: deployment) }
        return try await run(program, intent, deployment, flight, output)
      }
      return try await run(try await process(command, intent, deployment), intent, deployment, flight, output)
    case .read(let path, let limit):
      return await flight.race { [self] in
        do throws(Failure) {
          return .done(.text(vault.clean(try Hosts.text(try read(place(path), limit, flight), of: path))))
        } catch { return Outcome(failure: error) }
      }
    case .exists(let path):
      var status = stat()
      return .done(.bool(lstat(place(path), &status) == 0))
    case .check(let check):
      return try await ask(check, intent, deployment, flight)
    default:
      throw Failure(
        .invalid, "`\(intent.operation.verb)` is not for the engine's machine", fix: "ask a host: host:\(intent.operation.verb) …")
    }
  }

  private static func lost(_ command: Command) -> Failure {
    Failure(
      .lost, "nobody can say how `\(command.line.prefix(200))` ended: the engine that ran it on this machine was ended meanwhile",
      fix: "look at what it does; where it may safely run twice, say on_lost = \"repeat\"")
  }

  private func place(_ path: String) -> String { path.isAbsolutePath ? path : "\(directory)/\(path)" }

  /// A regular file's bytes. What waits for a writer or has no end, as a pipe or a device, is refused.
  private func read(_ path: String, _ limit: Int, _ flight: Flight) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Temporary.failure("\(path) cannot be read") }
    defer { Glibc.close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Temporary.failure("\(path) cannot be read") }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure(.invalid, "\(path) is no regular file, and reading it may have no end", fix: "read it with a command: here:run …")
    }
    let most = max(0, min(limit, 16 << 20))
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= most {
      try flight.check()
      let count = Glibc.read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Temporary.failure("\(path) cannot be read") }
      if count == 0 { return bytes }
      bytes += piece[0..<count]
    }
    throw Failure(.invalid, "\(path) has more than \(most) bytes", fix: "raise the limit")
  }

  /// What is started for a command.
  private struct Program {
    var argv: [String]
    var environment: [String]
    var input: [UInt8]
    var merge: Bool
    var line: String
  }

  private func process(_ command: Command, _ intent: Intent, _ deployment: Deployment.ID) async throws(Failure) -> Program {
    if let user = command.user {
      throw Failure(.invalid, "on the engine's machine nothing runs as \(user)", fix: "leave out `user`, or call sudo in the command")
    }
    let mark = CommandMark(intent.id, of: deployment)
    var settings = [
      ("LANDER_DEPLOYMENT", deployment), ("LANDER_EVENT", intent.site.event?.rawValue ?? ""), (CommandMark.variable, mark.word),
    ]
    if let trace = trace(deployment, nil, intent.site.event) { settings.append(("TRACEPARENT", trace)) }
    for variable in command.environment { settings.append((variable.name, try await vault.reveal(variable.value))) }
    let names = Set(settings.map(\.0))
    let environment = Child.environment { !names.contains($0) } + settings.map { "\($0.0)=\($0.1)" }
    let words = if case .argv(let words) = command.form { words } else { ["sh", "-c", command.line] }
    guard words.first?.isEmpty == false else { throw Failure(.invalid, "an empty argv names no program") }
    let folder = command.directory.map(place) ?? directory
    let input = Array(try await vault.reveal(command.input ?? Text("")).utf8)
    // A shell in between, for the working directory. It begins when the warden knows it, and not at all if the engine dies before.
    return Program(
      argv: ["sh", "-c", Self.beginning, "sh", folder] + words, environment: environment, input: input,
      merge: command.merge, line: command.line)
  }

  private static let beginning = #"read -r lander_word <&3 || exit 1; exec 3<&-; cd "$1" || exit 1; shift; exec "$@""#

  /// The same questions as on a host, asked from here by the same shell functions.
  private func ask(_ check: Check, _ intent: Intent, _ deployment: Deployment.ID, _ flight: Flight) async throws(Failure) -> Outcome {
    let seconds = HTTPAnswer.seconds(within: intent.timeout)
    let line: String
    switch check {
    case .command(let command): line = command
    case .port(let port): line = "l_port \(port)"
    case .http(let url, _): line = "l_http \(Quoting.word(url)) \(seconds)"
    }
    var command = Command(.shell(line))
    if case .command = check {
    } else {
      command.form = .argv(["sh", "-c", String(decoding: HostProgram().whole, as: UTF8.self) + "\n" + line])
    }
    var program = try await process(command, intent, deployment)
    program.line = line
    var outcome = try await run(program, intent, deployment, flight) { _ in }
    if case .http(let url, let wanted) = check {
      if outcome.failure == nil, let no = HTTPAnswer(outcome.stdout?.text ?? "").refusal(wanted: wanted) {
        outcome.failure = Failure(.unhealthy, "GET \(url): \(no)")
      } else if outcome.failure?.kind == .command {
        let said = HTTPAnswer.excerpt(outcome.stderr?.text ?? "")
        outcome.failure = Failure(.unhealthy, "GET \(url): \(said.isEmpty ? "nothing answers" : said)")
      }
    }
    outcome.becomeAnswer()
    return outcome
  }

  private enum Happened: Sendable {
    case output(OutputChunk.Stream, [UInt8]?)
    case exit(Int)
    case stop(Failure.Kind)
    case settled
  }

  private func run(
    _ program: Program, _ intent: Intent, _ deployment: Deployment.ID, _ flight: Flight,
    _ output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Failure) -> Outcome {
    let streams = try LocalStreams(input: program.input)
    defer { streams.closeTheirs() }
    let child: Child
    do throws(Failure) { child = try start(program, CommandMark(intent.id, of: deployment), streams) } catch {
      streams.closeOurs()
      throw error
    }
    claims?.runs(intent.id, of: deployment, in: child.pid)
    defer { warden.leave(child.pid) }
    streams.closeTheirs()
    let (events, sink) = AsyncStream.makeStream(of: Happened.self)
    let lines = [
      reactor.adopt(streams.output.ours) { sink.yield(.output(.stdout, $0)) },
      reactor.adopt(streams.errors.ours) { sink.yield(.output(.stderr, $0)) },
    ]
    Task { sink.yield(.exit(await child.exit())) }
    await flight.whenCancelled { sink.yield(.stop(.cancelled)) }
    let timer = Task {
      try await Task.sleep(for: intent.timeout.duration)
      sink.yield(.stop(.timeout))
    }
    defer {
      timer.cancel()
      for line in lines { reactor.close(line) }
    }
    return await follow(events, sink, Job(child: child, mark: CommandMark(intent.id, of: deployment)), program, intent, output)
  }

  /// A command under way, with what it started.
  private struct Job: Sendable {
    var child: Child
    var mark: CommandMark

    /// Signals its process group, and what left that.
    func signal(_ number: Int32) {
      child.signal(number)
      mark.signal(number)
    }
  }

  /// Starts a program, which waits until the warden knows it.
  private func start(_ program: Program, _ mark: CommandMark, _ streams: LocalStreams) throws(Failure) -> Child {
    let word = try Child.pair()
    defer { for descriptor in [word.ours, word.theirs] { Glibc.close(descriptor) } }
    let errors = program.merge ? streams.output.theirs : streams.errors.theirs
    let child = try Child.start(
      program.argv, environment: program.environment, streams: [streams.input, streams.output.theirs, errors, word.theirs])
    do throws(Failure) { try warden.watch(child.pid, mark) } catch {
      child.signal(SIGKILL)
      Task { await child.exit() }
      throw error
    }
    var byte: UInt8 = 10
    send(word.ours, &byte, 1, Int32(MSG_NOSIGNAL))
    return child
  }

  private func follow(
    _ events: AsyncStream<Happened>, _ sink: AsyncStream<Happened>.Continuation, _ child: Job, _ program: Program, _ intent: Intent,
    _ output: @escaping @Sendable (OutputChunk) -> Void
  ) async -> Outcome {
    var out = Capped(vault, limit)
    var err = Capped(vault, limit)
    var open = 2
    var status: Int?
    var why: Failure.Kind?
    func pass(_ stream: OutputChunk.Stream, _ part: (offset: Int, bytes: [UInt8])) {
      if part.bytes.isEmpty { return }
      output(OutputChunk(intent: intent.id, place: intent.place, stream: stream, offset: part.offset, bytes: part.bytes))
    }
    events: for await event in events {
      switch event {
      case .output(.stdout, let bytes?): pass(.stdout, out.take(bytes))
      case .output(.stderr, let bytes?): pass(.stderr, err.take(bytes))
      case .output(_, nil):
        open -= 1
        if open == 0 && status != nil { break events }
      case .exit(let code):
        status = code
        if open == 0 { break events }
        // Something it started may hold its output for ever; what was written by now is read in a moment.
        Task {
          try? await Task.sleep(for: .milliseconds(500))
          sink.yield(.settled)
        }
      case .settled: break events
      case .stop(let kind):
        if status != nil { continue }
        if why != nil {
          if kind == .cancelled { child.signal(SIGKILL) }
          continue
        }
        why = kind
        child.signal(SIGTERM)
        let grace = self.grace
        Task {
          try? await Task.sleep(for: grace.duration)
          child.signal(SIGKILL)
        }
      }
    }
    if why != nil { child.signal(SIGKILL) }
    pass(.stdout, out.finish())
    pass(.stderr, err.finish())
    var outcome = Outcome(status: why == nil ? status : nil, stdout: out.captured, stderr: err.captured)
    let line = program.line.utf8.count > 200 ? String(program.line.prefix(200)) + "…" : program.line
    switch (why, status) {
    case (.timeout?, _):
      outcome.failure = Failure(
        .timeout, "here: `\(line)` was not done within \(intent.timeout) and was ended", fix: "give it a longer timeout")
    case (.some, _): outcome.failure = Failure(.cancelled, "here: `\(line)` was cancelled")
    case (nil, let code?) where code != 0:
      outcome.failure = Failure(.command, "here: `\(line)` \(code > 128 ? "was ended by signal \(code - 128)" : "exited with \(code)")")
    default: break
    }
    return outcome
  }
}
