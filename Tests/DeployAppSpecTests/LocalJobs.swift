import DeployCore
import DeployModel
import Foundation
import Synchronization

/// A transport whose host is this machine. It runs each part of an operation once, and repeats the end if the part is asked for again.
final class LocalJobs: Transport {
  private struct State {
    var ended: [Int: Outcome] = [:]
    var output: [Int: [OutputChunk]] = [:]
    var asked: [Int] = []
    var started = 0
    var failing: [Int: Failure] = [:]
    var cancelled: [Int] = []
    var limits: [Interval] = []
  }
  private let state = Mutex(State())

  /// The numbers of all jobs that were asked for, in order.
  var asked: [Int] { state.withLock { $0.asked } }
  var started: Int { state.withLock { $0.started } }
  var cancelled: [Int] { state.withLock { $0.cancelled } }
  /// The timeout of each of these jobs.
  var limits: [Interval] { state.withLock { $0.limits } }
  /// Makes the job with this number fail in every step.
  func fail(job: Int, _ failure: Failure) { state.withLock { $0.failing[job] = failure } }

  func survey(_ host: DeployModel.Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    .unreachable(Failure(.internal, "nobody asks"))
  }
  func close() async {}
  func cancel(_ intent: Int, at site: HostSite) async { state.withLock { $0.cancelled.append(intent) } }

  func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    .done(.text(intent.operation.verb))
  }

  func run(
    _ part: CommandPart, of intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void
  ) async -> CommandPartEnd {
    guard case .argv(let words) = part.command.form else { return CommandPartEnd(.failed(.internal, "a part without a program")) }
    let job = part.job(of: intent.id)
    let (known, chunks, failure) = state.withLock { state in
      state.asked.append(job)
      state.limits.append(part.timeout)
      return (state.ended[job], state.output[job] ?? [], state.failing[part.number])
    }
    if let failure { return CommandPartEnd(Outcome(failure: failure)) }
    if let known {
      for chunk in chunks { output(chunk) }
      return CommandPartEnd(known)
    }
    let (outcome, fresh) = run(words, part.command, job, intent.place)
    state.withLock { state in
      state.started += 1
      state.ended[job] = outcome
      state.output[job] = fresh
    }
    for chunk in fresh { output(chunk) }
    return CommandPartEnd(outcome)
  }

  private func run(_ words: [String], _ command: Command, _ job: Int, _ place: Place) -> (Outcome, [OutputChunk]) {
    let folder = NSTemporaryDirectory() + "jobs-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let input = command.input?.pieces.map { if case .literal(let text) = $0 { text } else { "" } }.joined() ?? ""
    for (name, text) in [("in", input), ("out", ""), ("err", "")] {
      _ = FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(text.utf8))
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: command.directory ?? "/")
    var environment = ProcessInfo.processInfo.environment
    for variable in command.environment { environment[variable.name] = variable.value.description }
    process.environment = environment
    process.standardInput = FileHandle(forReadingAtPath: folder + "/in")
    process.standardOutput = FileHandle(forWritingAtPath: folder + "/out")
    process.standardError = FileHandle(forWritingAtPath: folder + "/err")
    do { try process.run() } catch { return (.failed(.internal, "\(error)"), []) }
    process.waitUntilExit()
    var chunks: [OutputChunk] = []
    for (name, stream) in [("out", OutputChunk.Stream.stdout), ("err", .stderr)] {
      let bytes = Array(FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data())
      if !bytes.isEmpty { chunks.append(OutputChunk(intent: job, place: place, stream: stream, offset: 0, bytes: bytes)) }
    }
    let status = Int(process.terminationStatus)
    let count = chunks.first { $0.stream == .stdout }?.bytes.count ?? 0
    // A real outcome also has only the beginning of the output, so this one has none.
    return (
      Outcome(
        failure: status == 0 ? nil : Failure(.command, "exited with \(status)"), status: status,
        stdout: Captured(text: "", bytes: count, truncated: count > 0)), chunks
    )
  }
}
