import Glibc

/// One thread that waits on the descriptors of many children: reads what comes, writes what is queued, collects the dead.
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
  private struct Source {
    var sink: (@Sendable ([UInt8]?) -> Void)?
    var queue: [Piece] = []
    /// Bytes of the first piece that are gone already.
    var written = 0
    /// Bytes of all pieces that are gone.
    var sent = 0
  }
  private struct State {
    var sources: [Int32: Source] = [:]
    var dead: [pid_t] = []
    var closing: [Int32] = []
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
  deinit { for descriptor in wake { close(descriptor) } }

  /// The soft limit on open files as high as it may be: three descriptors a host.
  private static func raiseLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < min(limit.rlim_max, 16384) else { return }
    limit.rlim_cur = min(limit.rlim_max, 16384)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Hands over a non-blocking descriptor; the sink hears bytes, then nil once at its end. Without a sink it is only written to.
  func adopt(_ descriptor: Int32, sink: (@Sendable ([UInt8]?) -> Void)? = nil) {
    let start = state.with { state in
      state.sources[descriptor] = Source(sink: sink)
      defer { state.running = true }
      return !state.running
    }
    if start { launch() } else { poke() }
  }

  /// Queues bytes; they are written in order, as fast as the other side reads.
  func write(_ bytes: [UInt8], to descriptor: Int32) {
    guard !bytes.isEmpty else { return }
    state.with { $0.sources[descriptor]?.queue.append(.bytes(bytes)) }
    poke()
  }

  /// Queues a part of a file behind them.
  func write(_ part: FilePart, to descriptor: Int32) {
    guard part.count > 0 else { return }
    state.with { $0.sources[descriptor]?.queue.append(.file(part)) }
    poke()
  }

  /// The number of bytes that the other side took so far.
  func sent(to descriptor: Int32) -> Int { state.with { $0.sources[descriptor]?.sent ?? 0 } }

  /// Closes a descriptor without a word to its sink; on the thread, so that its number is not used again under a read.
  func close(_ descriptor: Int32) {
    state.with { if $0.sources[descriptor] != nil { $0.closing.append(descriptor) } }
    poke()
  }

  /// Collects that child when it has ended.
  func reap(_ pid: pid_t) {
    state.with { $0.dead.append(pid) }
    poke()
  }

  /// Ends the thread once nothing is left to wait for.
  func stop() {
    state.with { $0.stopped = true }
    poke()
  }

  private func poke() {
    var byte: UInt8 = 1
    send(wake[1], &byte, 1, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
  }

  private func launch() {
    var thread = pthread_t()
    let me = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { me in
        let reactor = Unmanaged<Reactor>.fromOpaque(me!).takeRetainedValue()  // passed two lines up, never nil
        while reactor.turn() {}
        return nil
      }, me)
    precondition(code == 0, "no thread for the transport")
    pthread_detach(thread)
  }

  /// Waits once and serves what is ready; false when the thread is to end.
  private func turn() -> Bool {
    var (polls, collecting, stopped) = state.with { state in
      for descriptor in state.closing where state.sources.removeValue(forKey: descriptor) != nil { Glibc.close(descriptor) }
      state.closing = []
      let polls = state.sources.map { descriptor, source in
        pollfd(
          fd: descriptor, events: Int16((source.sink == nil ? 0 : POLLIN) | (source.queue.isEmpty ? 0 : POLLOUT)), revents: 0)
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
    for entry in polls where entry.revents != 0 {
      if entry.fd == wake[0] {
        var scratch = [UInt8](repeating: 0, count: 256)
        while recv(wake[0], &scratch, scratch.count, Int32(MSG_DONTWAIT)) > 0 {}
        continue
      }
      if entry.revents & Int16(POLLOUT) != 0 { flush(entry.fd) }
      if entry.revents & Int16(POLLIN | POLLHUP | POLLERR | POLLNVAL) != 0 { drain(entry.fd) }
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

  private func flush(_ descriptor: Int32) {
    state.with { state in
      guard var source = state.sources[descriptor] else { return }
      while let first = source.queue.first {
        let count = Reactor.put(first, from: source.written, to: descriptor)
        if count < 0 {
          if errno != EAGAIN && errno != EINTR { source.queue = [] }
          break
        }
        source.written += count
        source.sent += count
        if source.written == first.count {
          source.queue.removeFirst()
          source.written = 0
        }
      }
      state.sources[descriptor] = source
    }
  }

  /// What the socket takes of a piece now; negative: nothing, and `errno` says why.
  private static func put(_ piece: Piece, from start: Int, to descriptor: Int32) -> Int {
    let flags = Int32(MSG_NOSIGNAL | MSG_DONTWAIT)
    switch piece {
    case .bytes(let bytes):
      // Queued pieces are never empty, so they have an address.
      return bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + start, $0.count - start, flags) }
    case .file(let part):
      var buffer = [UInt8](repeating: 0, count: 1 << 17)
      let ready = part.read(from: start, into: &buffer)
      return Glibc.send(descriptor, buffer, ready, flags)
    }
  }

  private func drain(_ descriptor: Int32) {
    guard let sink = state.with({ $0.sources[descriptor].map { $0.sink } }) else { return }
    guard let sink else {
      // Only written to: the other side is gone.
      state.with { _ = $0.sources.removeValue(forKey: descriptor) }
      Glibc.close(descriptor)
      return
    }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &buffer, buffer.count)
    if count > 0 {
      sink(Array(buffer[0..<count]))
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      let mine = state.with { $0.sources.removeValue(forKey: descriptor) != nil }
      if mine { Glibc.close(descriptor) }
      sink(nil)
    }
  }
}
