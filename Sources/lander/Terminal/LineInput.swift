import DeployModel
import Glibc
import Synchronization

/// Lines of standard input. A separate thread waits for them, so that no task is blocked.
final class LineInput: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isOver = false
  }
  private let state = Mutex(State())
  /// The largest size of a line, in bytes. A longer line is delivered in pieces.
  private static let longest = SourceFile.mostBytes + 1

  /// Returns the next line without its line break, or nil if the input has ended or `isOver` became true during the wait.
  func next(until isOver: @escaping @Sendable () -> Bool) async -> String? {
    if let line = taken() { return line }
    return await withCheckedContinuation { continuation in
      let isStarted = PlainThread.start { [self] in
        while !isOver() {
          read()
          if let line = taken() { return continuation.resume(returning: line) }
          if state.withLock({ $0.isOver }) { break }
        }
        continuation.resume(returning: nil)
      }
      if !isStarted { continuation.resume(returning: nil) }
    }
  }

  /// Reads what has arrived. Waits at most a tenth of a second.
  private func read() {
    var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, 100) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    state.withLock { state in
      if count > 0 { state.bytes += bytes.prefix(count) } else { state.isOver = true }
    }
  }

  private func taken() -> String? {
    state.withLock { state in
      var (length, end) = (0, 0)
      if let newline = state.bytes.firstIndex(of: UInt8(ascii: "\n")) {
        (length, end) = (newline, newline + 1)
      } else if state.bytes.count >= Self.longest || state.isOver && !state.bytes.isEmpty {
        (length, end) = (state.bytes.count, state.bytes.count)
      } else {
        return nil
      }
      defer { state.bytes.removeFirst(end) }
      return String(decoding: state.bytes.prefix(length), as: UTF8.self)
    }
  }
}
