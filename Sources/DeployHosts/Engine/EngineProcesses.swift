package import DeployCore
import DeployGround
package import DeployModel
import Glibc

/// Runs commands on the engine's machine. Each command has its own process group and a time limit. Its output is limited, and secrets in
/// the output are replaced. Commands do not outlive the engine, because a `Warden` ends the commands of an engine that was killed. If an
/// earlier engine began a command, the command counts as lost, unless the recipe allows it to be repeated.
package final class EngineProcesses: EngineMachine {
  private struct Key: Hashable {
    var deployment: Deployment.ID
    var intent: Int
  }
  private let directory: String
  let vault: Vault
  private let reactor = Reactor()
  private let flights = Guarded<[Key: Flight]>([:])
  private let grace: Interval
  private let limit: Int
  private let warden = Warden()
  /// The records of the commands that have begun. Nil if no deployment runs here and so nothing is recorded.
  private let claims: EngineClaims?

  private let trace: Hosts.TraceOf
  /// Environment variables that all commands get in addition to the engine's.
  private let settings: [(String, String)]

  /// - Parameters:
  ///   - directory: the folder in which commands run. Relative paths start there.
  ///   - vault: the values that are hidden in all output, even if only hosts got them.
  ///   - grace: the time between TERM and KILL.
  ///   - limit: the largest number of bytes that are passed on from each stream.
  ///   - claims: the folder with the records of deployments' commands, so that none runs twice, or nil if no deployment runs here.
  ///   - settings: environment variables that all commands get in addition to the engine's.
  package init(
    directory: String, vault: Vault, claims: String? = nil, grace: Interval = .seconds(10), limit: Int = 64 << 20,
    settings: [(String, String)] = [], trace: @escaping Hosts.TraceOf = { _, _, _ in nil }
  ) {
    self.settings = settings
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

  /// Ends the commands that an earlier engine left running, before anything new begins. Otherwise they could still change things
  /// later.
  package func attend(_ deployment: Deployment.ID, after earlier: EarlierEngines?) async throws(Failure) {
    guard let left = try claims?.open(deployment, after: earlier) else { return }
    for command in left {
      // The earlier engine's warden is already ending the command.
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

  /// Ends every command that is running. Sends TERM, and KILL after the grace time or, if this is called again, immediately. Returns when
  /// all commands have ended.
  package func end() async {
    for flight in flights.with({ Array($0.values) }) { await flight.cancel() }
    while !flights.with({ $0.isEmpty }) { try? await Task.sleep(for: .milliseconds(20)) }
  }

  private func route(
    _ intent: Intent, _ deployment: Deployment.ID, _ flight: Flight, _ output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Failure) -> Outcome {
    switch intent.operation {
    case .run(let command):
      return try await perform(command.line, mayRepeat: command.onLost == .repeat, intent, deployment, flight, output) {
        () async throws(Failure) in
        try await process(command, intent, deployment)
      }
    case .http(let request): return try await fetch(request, intent, deployment, flight)
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

  /// Runs a program. Unless repeating the program is allowed, it is started at most once, even if several engines ask for it.
  /// - Parameter line: the program's name in messages.
  func perform(
    _ line: String, mayRepeat: Bool, _ intent: Intent, _ deployment: Deployment.ID, _ flight: Flight,
    _ output: @escaping @Sendable (OutputChunk) -> Void, make: () async throws(Failure) -> Program
  ) async throws(Failure) -> Outcome {
    guard !mayRepeat, let claims else { return try await run(try await make(), intent, deployment, flight, output) }
    guard !claims.wasBegun(intent.id, of: deployment) else { throw Self.lost(line) }
    let program = try await make()
    try claims.begin(intent.id, of: deployment)
    defer { claims.ended(intent.id, of: deployment) }
    return try await run(program, intent, deployment, flight, output)
  }

  private static func lost(_ line: String) -> Failure {
    Failure(
      .lost, "nobody can say how `\(line.prefix(200))` ended: the engine that ran it on this machine was ended meanwhile",
      fix: "look at what it does; where it may safely run twice, say on_lost = \"repeat\"")
  }

  private func place(_ path: String) -> String { path.isAbsolutePath ? path : "\(directory)/\(path)" }

  /// Reads a regular file. A pipe or a device is refused, because it might wait for a writer or never end.
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

  /// The program to start for a command.
  struct Program {
    var argv: [String]
    var environment: [String]
    var input: [UInt8]
    var merge: Bool
    var line: String
    /// The largest size of the command's output in bytes. If the output exceeds it, the command is ended.
    var most = Int.max
  }

  func process(_ command: Command, _ intent: Intent, _ deployment: Deployment.ID) async throws(Failure) -> Program {
    if let user = command.user {
      throw Failure(.invalid, "on the engine's machine nothing runs as \(user)", fix: "leave out `user`, or call sudo in the command")
    }
    let mark = CommandMark(intent.id, of: deployment)
    var settings =
      settings + [
        ("LANDER_DEPLOYMENT", deployment.rawValue), ("LANDER_EVENT", intent.site.event?.rawValue ?? ""), (CommandMark.variable, mark.word),
      ]
    if let trace = trace(deployment, nil, intent.site.event) { settings.append(("TRACEPARENT", trace)) }
    for variable in command.environment { settings.append((variable.name, try await vault.reveal(variable.value))) }
    let names = Set(settings.map(\.0))
    let environment = Spawn.environment { !names.contains($0) } + settings.map { "\($0.0)=\($0.1)" }
    let words = if case .argv(let words) = command.form { words } else { ["sh", "-c", command.line] }
    guard words.first?.isEmpty == false else { throw Failure(.invalid, "an empty argv names no program") }
    let folder = command.directory.map(place) ?? directory
    let input = Array(try await vault.reveal(command.input ?? Text("")).utf8)
    // A shell starts first. It changes the working directory and then becomes the program, but only after the warden has learned about it.
    // If the engine dies before that, the shell ends.
    return Program(
      argv: ["sh", "-c", Self.beginning, "sh", folder] + words, environment: environment, input: input,
      merge: command.merge, line: command.line)
  }

  private static let beginning = #"read -r lander_word <&3 || exit 1; exec 3<&-; cd "$1" || exit 1; shift; exec "$@""#

  private enum Happened: Sendable {
    case output(OutputChunk.Stream, [UInt8]?)
    case exit(Int)
    case stop(Failure.Kind)
    case settled
  }

  func run(
    _ program: Program, _ intent: Intent, _ deployment: Deployment.ID, _ flight: Flight,
    _ output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Failure) -> Outcome {
    try reactor.start()
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

  /// A running command, and the processes that it started.
  private struct Job: Sendable {
    var child: Child
    var mark: CommandMark

    /// Sends a signal to the command's process group and to processes that left the group.
    func signal(_ number: Int32) {
      child.signal(number)
      mark.signal(number)
    }
  }

  /// Starts a program. The program waits until the warden knows about it.
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
      case .output(.stdout, let bytes?):
        pass(.stdout, out.take(bytes))
        if out.taken > program.most { sink.yield(.stop(.invalid)) }
      case .output(.stderr, let bytes?): pass(.stderr, err.take(bytes))
      case .output(_, nil):
        open -= 1
        if open == 0 && status != nil { break events }
      case .exit(let code):
        status = code
        if open == 0 { break events }
        // A process that the command started might keep the output open forever. So only output that arrives within half a second is read.
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
        // A command with a short time limit should not take much longer to end, so its grace time is shorter too.
        let grace = min(self.grace, max(.seconds(1), intent.timeout))
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
    outcome.failure = Self.failure(of: program, why: why, status: status, within: intent.timeout)
    return outcome
  }

  /// Returns the failure of a program that has ended, or nil if it succeeded.
  /// - Parameter why: the reason why the program was ended.
  private static func failure(of program: Program, why: Failure.Kind?, status: Int?, within limit: Interval) -> Failure? {
    let line = program.line.utf8.count > 200 ? String(program.line.prefix(200)) + "…" : program.line
    switch (why, status) {
    case (.timeout?, _):
      return Failure(.timeout, "here: `\(line)` was not done within \(limit) and was ended", fix: "give it a longer timeout")
    case (.invalid?, _): return Failure(.invalid, "here: `\(line)` wrote more than \(program.most) bytes")
    case (.some, _): return Failure(.cancelled, "here: `\(line)` was cancelled")
    case (nil, let code?) where code != 0:
      return Failure(.command, "here: `\(line)` \(code > 128 ? "was ended by signal \(code - 128)" : "exited with \(code)")")
    default: return nil
    }
  }
}
