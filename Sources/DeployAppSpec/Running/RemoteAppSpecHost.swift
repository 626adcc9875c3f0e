import DeployCore
import DeployModel
import Synchronization

/// The host of an appspec step, reached through a transport. Programs and scripts are the parts of the step, and they are numbered in the
/// order in which they were requested.
final class RemoteAppSpecHost: AppSpecHost {
  private struct State {
    /// The number of parts that have been requested so far.
    var parts = 0
    /// The job of the part that is running, or nil if none is running.
    var running: Int?
    var broken: Failure?
    var cancelled = false
    /// The number of bytes that scripts have written to each stream. The step's output continues from there.
    var offsets: [OutputChunk.Stream: Int] = [:]
    var log: [UInt8] = []
    var warnings: [String] = []
  }
  private let inner: any Transport
  private let intent: Intent
  private let site: HostSite
  private let root: EngineRoot
  private let user: String?
  private let output: @Sendable (OutputChunk) -> Void
  private let state = Mutex(State())
  private let clock = ContinuousClock()
  /// The time by which the whole step has to end.
  private let deadline: ContinuousClock.Instant

  /// How many bytes of a program go to the host in one request.
  static let piece = 1_000_000
  /// The largest size of a step's log on the host, in bytes. The log can be limited because the engine has the whole output.
  private static let logLimit = 256 * 1024

  init(
    over inner: any Transport, for intent: Intent, at site: HostSite, root: EngineRoot, as user: String? = nil,
    output: @escaping @Sendable (OutputChunk) -> Void
  ) {
    self.inner = inner
    self.intent = intent
    self.site = site
    self.root = root
    self.user = user
    self.output = output
    deadline = clock.now + intent.timeout.duration
  }

  /// What the transport could not do, or nil if it did everything. A failure of the transport is not the bundle's fault.
  var broken: Failure? { state.withLock { $0.broken } }

  func cancel() async {
    let running = state.withLock { state in
      state.cancelled = true
      return state.running
    }
    if let running { await inner.cancel(running, at: site) }
  }

  // MARK: programs

  func answer(_ program: ShellProgram) async throws -> ShellResult { try await run(program, as: .question) }
  func run(_ program: ShellProgram) async throws -> ShellResult { try await run(program, as: .effect) }

  func skipQuestion() { state.withLock { $0.parts += 1 } }

  private func run(_ program: ShellProgram, as kind: CommandPart.Kind) async throws -> ShellResult {
    let text = program.whole
    let bytes = Array(text.utf8)
    guard bytes.count > Self.piece else {
      return try await shell("p=$(cat) && eval \"$p\" </dev/null", input: text, as: kind)
    }
    let file = root.path.appending("program-\(site.deployment)-\(intent.id)").text.shellQuoted
    var sent = 0
    while sent < bytes.count {
      var end = min(sent + Self.piece, bytes.count)
      // A character is never split between two pieces.
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
      let put = sent == 0 ? "mkdir -p -- \(root.path.text.shellQuoted) && cat >\(file)" : "cat >>\(file)"
      let result = try await shell(put, input: String(decoding: bytes[sent..<end], as: UTF8.self))
      guard result.status == 0 else { return result }
      sent = end
    }
    return try await shell("sh \(file) </dev/null; s=$?; rm -f -- \(file); exit $s", input: "")
  }

  private func shell(_ line: String, input: String, as kind: CommandPart.Kind = .effect) async throws -> ShellResult {
    let gathered = Gathered()
    let command = Command(.argv(["sh", "-c", line]), directory: "/", input: input.isEmpty ? nil : Text(input), user: user)
    let outcome = try await run(kind, command, timeout: .minutes(60)) { gathered.add($0) }.outcome
    if let failure = outcome.failure, failure.kind == .timeout { throw fail(failure) }
    return ShellResult(
      status: outcome.status ?? 0, stdout: try whole(gathered.bytes(of: .stdout), outcome.stdout),
      stderr: gathered.bytes(of: .stderr).isEmpty ? Array((outcome.stderr?.text ?? "").utf8) : gathered.bytes(of: .stderr))
  }

  /// Returns output that came in pieces. Throws if it is not complete, because an answer with a gap would be misread.
  private func whole(_ bytes: [UInt8], _ captured: Captured?) throws -> [UInt8] {
    guard let captured else { return bytes }
    if bytes.count >= captured.bytes { return bytes }
    guard bytes.isEmpty, !captured.truncated else {
      throw fail(Failure(.transport, "\(bytes.count) of \(captured.bytes) bytes of an answer arrived"))
    }
    return Array(captured.text.utf8)
  }

  /// Runs the next part.
  /// - Throws: an error that says why the part has no exit status.
  private func run(
    _ kind: CommandPart.Kind, _ command: Command, timeout: Interval, output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws -> CommandPartEnd {
    var part = CommandPart(0, kind, command, timeout: timeout)
    let failure = state.withLock { state -> Failure? in
      state.parts += 1
      part.number = state.parts
      state.running = part.job(of: intent.id)
      if state.cancelled, state.broken == nil { state.broken = Failure(.cancelled, "cancelled") }
      return state.broken
    }
    if let failure { throw failure }
    let left = Interval(milliseconds: Int(bounded: (deadline - clock.now) / .milliseconds(1)))
    guard left > .zero else { throw fail(tooLate) }
    part.timeout = min(timeout, left)
    let end = await inner.run(part, of: intent, at: site, output: output)
    state.withLock { $0.running = nil }
    switch end.outcome.failure?.kind {
    case .timeout? where left < timeout: throw fail(tooLate)
    case nil, .timeout?: return end
    case .command? where end.outcome.status != nil: return end
    case _?: throw fail(end.outcome.failure ?? tooLate)
    }
  }

  private var tooLate: Failure {
    Failure(
      .timeout, "all of it together was not done within \(intent.timeout)",
      fix: "look at what takes so long: lander logs; the scripts' timeouts together are what an event may take")
  }

  private func fail(_ failure: Failure) -> Failure {
    state.withLock { state in
      if state.broken == nil { state.broken = failure }
    }
    return failure
  }

  // MARK: scripts

  func run(_ hook: Hook, output: @escaping @Sendable (HookOutput) -> Void) async -> HookEnd {
    let environment = hook.variables.map { Command.Variable($0.name, Text($0.value)) }
    // A shell starts the script, because a shell can also run files without `#!`.
    let words = ["sh", "-c", "[ -e \"$0\" ] || exit 127; [ -x \"$0\" ] || chmod a+x -- \"$0\" || exit 126; exec \"$@\"", hook.path.text]
    let command = Command(.argv(words + hook.argv), environment: environment, directory: "/", user: user)
    let lines = Lines()
    do {
      let end = try await run(.script, command, timeout: .seconds(hook.timeout)) { [self] chunk in
        pass(chunk)
        for line in lines.cut(chunk.stream, chunk.bytes) { output(line) }
      }
      for line in lines.cut(.stdout, []) + lines.cut(.stderr, []) { output(line) }
      if end.outcome.failure?.kind == .timeout { return .timedOut }
      if let stream = end.heldOpen { return .leftOpen(stream == .stdout ? .stdout : .stderr) }
      let status = end.outcome.status ?? 0
      return status == 126 || status == 127 ? try await cause(of: status, hook) : .exited(status)
    } catch {
      return .notStarted((error as? Failure)?.message ?? "\(error)")
    }
  }

  /// Returns the meaning of one of the shell's own exit statuses. A script itself can exit with these statuses too.
  private func cause(of status: Int, _ hook: Hook) async throws -> HookEnd {
    let path = hook.path.text.shellQuoted
    switch try await shell("[ -e \(path) ] || exit 3; [ -x \(path) ] || exit 4", input: "", as: .question).status {
    case 3: return .missing
    case 4: return .notExecutable
    default: return .exited(status)
    }
  }

  /// Passes on a script's output as output of the step.
  private func pass(_ chunk: OutputChunk) {
    let offset = state.withLock { state in
      let offset = state.offsets[chunk.stream, default: 0]
      state.offsets[chunk.stream] = offset + chunk.bytes.count
      return offset
    }
    output(OutputChunk(intent: intent.id, place: intent.place, stream: chunk.stream, offset: offset, bytes: chunk.bytes))
  }

  // MARK: the log

  func log(_ entry: ScriptsLogEntry, to file: HostPath) {
    state.withLock { state in
      if state.log.count < Self.logLimit { state.log += entry.bytes }
    }
  }

  func say(_ line: String) {}
  func warn(_ text: String) { state.withLock { $0.warnings.append(text) } }

  /// What a person should know about the step in addition to its result, or nil if there is nothing to add.
  var warnings: [String]? { state.withLock { $0.warnings.isEmpty ? nil : $0.warnings } }

  /// Adds the step's entries to the log on the host. If this fails, the step still succeeds.
  func flushLog() async {
    let log = state.withLock { state in
      defer { state.log = [] }
      return state.broken == nil ? state.log : []
    }
    guard !log.isEmpty else { return }
    let logs = root.deployment(site.deployment).appending("logs")
    let text = String(decoding: log, as: UTF8.self).parts(at: "\n").map { "|" + $0 }.joined(separator: "\n")
    _ = try? await run(
      ShellProgram(
        """
        mkdir -p -- \(logs.text.shellQuoted) && t=$(date '+%Y-%m-%d %H:%M:%S') &&
        sed "s/^|/$t /" >>\(logs.appending("scripts.log").text.shellQuoted) <<'END OF LOG'
        \(text)
        END OF LOG
        """))
    // A failure while the log is written must not fail the step.
    state.withLock { $0.broken = nil }
  }
}

/// Collects the output of one job, in the order in which it arrived.
private final class Gathered: Sendable {
  private let bytes = Mutex<[OutputChunk.Stream: [UInt8]]>([:])
  func add(_ chunk: OutputChunk) { bytes.withLock { $0[chunk.stream, default: []] += chunk.bytes } }
  func bytes(of stream: OutputChunk.Stream) -> [UInt8] { bytes.withLock { $0[stream] ?? [] } }
}

/// Collects the lines of one script's output.
private final class Lines: Sendable {
  private let cutters = Mutex<[OutputChunk.Stream: LineCutter]>([:])
  /// Returns the complete lines. An empty `bytes` means that the stream has ended.
  func cut(_ stream: OutputChunk.Stream, _ bytes: [UInt8]) -> [HookOutput] {
    let lines = cutters.withLock { $0[stream, default: LineCutter()].cut(bytes) }
    return lines.map { HookOutput(stream == .stdout ? .stdout : .stderr, $0) }
  }
}
