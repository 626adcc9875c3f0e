import DeployGround
import Glibc

/// A child process of this command. Its output is read as it arrives.
struct ChildProcess {
  enum Ended: Equatable {
    case exited(Int)
    case signalled(Int)
    case timedOut
    /// The process has ended, but the stream with this number (1 or 2) stayed open until the time limit was reached.
    case leftOpen(Int)
    case stopped
  }

  /// The error if the process could not be started, with the `errno` of the call.
  struct NotStarted: Error { var code: Int32 }

  var argv: [String]
  /// Variables that are added to this process's own environment.
  var variables: [(name: String, value: String)] = []
  var input: [UInt8] = []
  /// The time limit in seconds, or nil for no limit.
  var timeout: Int?
  /// The seconds between TERM and KILL.
  var grace = 10
  /// Returns how many times somebody has asked the process to end. TERM is sent after the first request. KILL is sent after a second
  /// request, or at the end of the grace time.
  var stops: @Sendable () -> Int = { 0 }

  /// Starts the process in a process group of its own, and waits until it has ended and its output is closed, or until it times out.
  /// - Parameter output: called with the number of a stream and bytes of it, or with no bytes at the end of the stream.
  func run(output: (Int, [UInt8]) -> Void) throws(NotStarted) -> Ended {
    let child = try start()
    defer { for stream in child.streams { _ = Glibc.close(stream.descriptor) } }
    var streams = child.streams
    var pending = input[...]
    var writer: Int32? = child.input
    if pending.isEmpty { close(&writer) }
    var status: Int32?
    let clock = ContinuousClock()
    var deadline = timeout.map { clock.now + .seconds($0) }
    var isOverdue = false
    var isStopped = false
    var killAt: ContinuousClock.Instant?

    while true {
      if status == nil { status = Self.reap(child.id) }
      if let status, isOverdue || isStopped || streams.isEmpty {
        drain(&streams, output)
        return isStopped ? .stopped : isOverdue ? .timedOut : Self.ended(status)
      }
      if stops() > 0, !isStopped {
        isStopped = true
        deadline = nil
        kill(-child.id, SIGTERM)
        killAt = min(killAt ?? .now + .seconds(grace), .now + .seconds(grace))
      }
      if let limit = deadline, clock.now >= limit {
        if status != nil {
          let first = streams[0].number
          drain(&streams, output)
          return .leftOpen(first)
        }
        isOverdue = true
        deadline = nil
        kill(-child.id, SIGTERM)
        killAt = clock.now + .seconds(grace)
      }
      if let moment = killAt, clock.now >= moment || stops() > 1 {
        kill(-child.id, SIGKILL)
        killAt = nil
      }
      exchange(&streams, &writer, &pending, output)
    }
  }

  private struct Stream {
    var number: Int
    var descriptor: Int32
  }

  /// Waits for a short time until something can be read or written, and then reads or writes it.
  private func exchange(
    _ streams: inout [Stream], _ writer: inout Int32?, _ pending: inout ArraySlice<UInt8>, _ output: (Int, [UInt8]) -> Void
  ) {
    var polled = streams.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    if let writer { polled.append(pollfd(fd: writer, events: Int16(POLLOUT), revents: 0)) }
    // If there is no stream to wait for, this returns after a few milliseconds, so that the end of the process is noticed soon.
    guard poll(&polled, nfds_t(polled.count), streams.isEmpty ? 2 : 20) > 0 else { return }
    if let descriptor = writer, let slot = polled.last, slot.revents != 0 {
      let count = pending.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { pending = pending.dropFirst(count) }
      if count < 0 && errno != EAGAIN && errno != EINTR || pending.isEmpty { close(&writer) }
    }
    let readable = zip(streams, polled).filter { $0.1.revents != 0 }.map(\.0)
    for stream in readable where !read(stream, output) { streams.removeAll { $0.descriptor == stream.descriptor } }
  }

  /// Reads once. Returns false at the end of the stream. Descriptors stay open until the whole run has ended.
  private func read(_ stream: Stream, _ output: (Int, [UInt8]) -> Void) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = Glibc.read(stream.descriptor, &bytes, bytes.count)
    if count > 0 {
      output(stream.number, Array(bytes[..<count]))
      return true
    }
    if count < 0, errno == EAGAIN || errno == EINTR { return true }
    output(stream.number, [])
    return false
  }

  /// Reads what is still in the pipes after the process has ended.
  private func drain(_ streams: inout [Stream], _ output: (Int, [UInt8]) -> Void) {
    for stream in streams {
      for _ in 0..<64 {
        var slot = pollfd(fd: stream.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&slot, 1, 0) > 0, read(stream, output) else { break }
      }
      output(stream.number, [])
    }
    streams = []
  }

  private func close(_ descriptor: inout Int32?) {
    if let open = descriptor { _ = Glibc.close(open) }
    descriptor = nil
  }

  private static func reap(_ id: pid_t) -> Int32? {
    var status: Int32 = 0
    return waitpid(id, &status, WNOHANG) == id ? status : nil
  }

  private static func ended(_ status: Int32) -> Ended {
    switch ProcessEnd(status) {
    case .exited(let code): .exited(code)
    case .signalled(let number): .signalled(number)
    }
  }

  private struct Started {
    var id: pid_t
    var input: Int32
    var streams: [Stream]
  }

  private func start() throws(NotStarted) -> Started {
    var pipes: [(reading: Int32, writing: Int32)] = []
    func close(_ ends: [Int32]) { for end in ends { _ = Glibc.close(end) } }
    do throws(SystemError) {
      for _ in 0..<3 { pipes.append(try Spawn.pipe()) }
      let (input, output, errors) = (pipes[0], pipes[1], pipes[2])
      let id = try Spawn.start(argv, environment: environment, streams: [input.reading, output.writing, errors.writing])
      close([input.reading, output.writing, errors.writing])
      for descriptor in [input.writing, output.reading, errors.reading] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
      return Started(
        id: id, input: input.writing,
        streams: [Stream(number: 1, descriptor: output.reading), Stream(number: 2, descriptor: errors.reading)])
    } catch {
      close(pipes.flatMap { [$0.reading, $0.writing] })
      throw NotStarted(code: error.code)
    }
  }

  private var environment: [String] {
    let names = Set(variables.map(\.name))
    let lines = Spawn.environment { !names.contains($0) }
    return lines + variables.map { "\($0.name)=\($0.value)" }
  }
}
