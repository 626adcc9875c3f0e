import DeployCore
import DeployModel
import Glibc

/// A thread that waits for many descriptors. It reads incoming bytes, writes queued bytes, and collects child processes that have ended.
final class Reactor: Sendable {
  private enum Piece {
    case bytes([UInt8])
    case file(FilePart)
    var count: Int {
      switch self {
      case .bytes(let bytes): bytes.count
      case .file(let part): part.count
      }
    }
  }
  /// A handle for a descriptor that was handed over. The kernel reuses a descriptor's number after it is closed, so callers use the handle.
  /// A request for a line that has ended does nothing.
  struct Line: Sendable, Hashable {
    fileprivate let number: Int
  }
  private struct Source {
    let descriptor: Int32
    var sink: (@Sendable ([UInt8]?) -> Void)?
    var queue: [Piece] = []
    /// The number of bytes that have been written of the first piece.
    var written = 0
    /// The number of bytes that have been written of all pieces.
    var sent = 0
    /// If the first piece is a part of a file, the bytes of it that have been read but not yet written.
    var ahead: ArraySlice<UInt8> = []
  }
  private struct State {
    var sources: [Line: Source] = [:]
    /// The number of lines that have been handed over.
    var lines = 0
    var dead: [pid_t] = []
    var closing: [Line] = []
    var running = false
    var stopped = false
  }
  private let state = Guarded(State())
  private let wake: [Int32]

  init() {
    var pair: [Int32] = [-1, -1]
    socketpair(AF_UNIX, Int32(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0, &pair)
    wake = pair
    Reactor.raiseLimit()
  }
  deinit { for descriptor in wake { Glibc.close(descriptor) } }

  /// Raises the soft limit on open files as far as possible, because each host needs three descriptors.
  private static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < min(limit.rlim_max, 16384) else { return }
    limit.rlim_cur = min(limit.rlim_max, 16384)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Starts the thread, unless it runs already.
  /// - Throws: kind `transport` if the system starts no thread.
  func start() throws(Failure) {
    let isFirst = state.with { state in
      defer { state.running = true }
      return !state.running
    }
    guard isFirst else { return }
    var thread = pthread_t()
    let me = Unmanaged.passRetained(self)
    let code = pthread_create(
      &thread, nil,
      { me in
        let reactor = Unmanaged<Reactor>.fromOpaque(me!).takeRetainedValue()  // passed two lines below, never nil
        while reactor.turn() {}
        return nil
      }, me.toOpaque())
    guard code == 0 else {
      me.release()
      state.with { $0.running = false }
      let reason = String(cString: strerror(code))
      throw Failure(
        .transport, "the system starts no thread for the connections: \(reason)", fix: "raise the limit: ulimit -u or ulimit -v")
    }
    pthread_detach(thread)
  }

  /// Takes over a non-blocking descriptor, after the thread was started. `sink` is called with the bytes that arrive, and with nil once at
  /// the end. If the descriptor is only written to, `sink` itself is nil.
  @discardableResult
  func adopt(_ descriptor: Int32, sink: (@Sendable ([UInt8]?) -> Void)? = nil) -> Line {
    let line = state.with { state in
      state.lines += 1
      let line = Line(number: state.lines)
      state.sources[line] = Source(descriptor: descriptor, sink: sink)
      return line
    }
    poke()
    return line
  }

  /// Queues bytes. They are written in order, as fast as the other side reads them.
  func write(_ bytes: [UInt8], to line: Line) {
    guard !bytes.isEmpty else { return }
    state.with { $0.sources[line]?.queue.append(.bytes(bytes)) }
    poke()
  }

  /// Queues a part of a file behind the bytes and parts that are queued already.
  func write(_ part: FilePart, to line: Line) {
    guard part.count > 0 else { return }
    state.with { $0.sources[line]?.queue.append(.file(part)) }
    poke()
  }

  /// Returns the number of bytes that the other side has taken so far.
  func sent(to line: Line) -> Int { state.with { $0.sources[line]?.sent ?? 0 } }

  /// Closes a line without notifying its sink. The thread of the reactor closes the descriptor, so that the descriptor's number is not
  /// reused during a read.
  func close(_ line: Line) {
    state.with { if $0.sources[line] != nil { $0.closing.append(line) } }
    poke()
  }

  /// Collects a child process once it has ended.
  func reap(_ pid: pid_t) {
    state.with { $0.dead.append(pid) }
    poke()
  }

  /// Ends the thread once it has nothing to wait for.
  func stop() {
    state.with { $0.stopped = true }
    poke()
  }

  private func poke() {
    var byte: UInt8 = 1
    send(wake[1], &byte, 1, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
  }

  /// Waits once and serves the descriptors that are ready. Returns false if the thread should end.
  private func turn() -> Bool {
    var lines: [Line] = []
    var (polls, collecting, stopped) = state.with { state in
      for line in state.closing { if let source = state.sources.removeValue(forKey: line) { Glibc.close(source.descriptor) } }
      state.closing = []
      lines = Array(state.sources.keys)
      let polls = state.sources.values.map { source in
        pollfd(
          fd: source.descriptor, events: Int16((source.sink == nil ? 0 : POLLIN) | (source.queue.isEmpty ? 0 : POLLOUT)), revents: 0)
      }
      return (polls, !state.dead.isEmpty, state.stopped)
    }
    if stopped && polls.isEmpty && !collecting {
      return state.with { state in
        guard state.sources.isEmpty else { return true }
        state.running = false
        return false
      }
    }
    polls.append(pollfd(fd: wake[0], events: Int16(POLLIN), revents: 0))
    poll(&polls, nfds_t(polls.count), collecting ? 50 : -1)
    if polls.removeLast().revents != 0 {
      var scratch = [UInt8](repeating: 0, count: 256)
      while recv(wake[0], &scratch, scratch.count, Int32(MSG_DONTWAIT)) > 0 {}
    }
    for (line, entry) in zip(lines, polls) where entry.revents != 0 {
      if entry.revents & Int16(POLLOUT) != 0 { flush(line) }
      if entry.revents & Int16(POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0 { drain(line) }
    }
    if collecting {
      state.with {
        $0.dead.removeAll {
          var status: Int32 = 0
          return waitpid($0, &status, WNOHANG) != 0
        }
      }
    }
    return true
  }

  private func flush(_ line: Line) {
    state.with { state in
      guard var source = state.sources[line] else { return }
      while let first = source.queue.first {
        let count = Reactor.put(first, of: &source)
        if count < 0 {
          if errno != EAGAIN && errno != EINTR { (source.queue, source.ahead) = ([], []) }
          break
        }
        source.written += count
        source.sent += count
        if source.written == first.count {
          source.queue.removeFirst()
          source.written = 0
        }
      }
      state.sources[line] = source
    }
  }

  /// The number of bytes that are read from a file in one step. A socket accepts this number, so each byte is read only once.
  private static let stride = 1 << 17

  /// Writes as much of the first piece as the socket accepts now. Returns the number of bytes. If no byte was written, the number is
  /// negative and `errno` says why.
  private static func put(_ piece: Piece, of source: inout Source) -> Int {
    let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
    switch piece {
    case .bytes(let bytes):
      // Queued pieces are never empty, so they have an address.
      return bytes.withUnsafeBytes { Glibc.send(source.descriptor, $0.baseAddress! + source.written, $0.count - source.written, flags) }
    case .file(let part):
      if source.ahead.isEmpty {
        let (start, count) = (part.offset + source.written, min(stride, part.count - source.written))
        source.ahead =
          [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            part.source.read(from: start, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
            filled = count
          }[...]
      }
      let count = source.ahead.withUnsafeBytes { Glibc.send(source.descriptor, $0.baseAddress, $0.count, flags) }
      if count > 0 { source.ahead.removeFirst(count) }
      return count
    }
  }

  private func drain(_ line: Line) {
    guard let source = state.with({ $0.sources[line] }) else { return }
    let descriptor = source.descriptor
    guard let sink = source.sink else {
      // The line has no sink, so it is only written to. Now the other side is gone.
      state.with { _ = $0.sources.removeValue(forKey: line) }
      Glibc.close(descriptor)
      return
    }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &buffer, buffer.count)
    if count > 0 {
      sink(Array(buffer[0..<count]))
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      let mine = state.with { $0.sources.removeValue(forKey: line) != nil }
      if mine { Glibc.close(descriptor) }
      sink(nil)
    }
  }
}
