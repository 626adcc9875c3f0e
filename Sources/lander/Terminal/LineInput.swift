import DeployModel
import Glibc
import Synchronization

/// Lines of standard input. A separate thread waits for them, so that no task is blocked.
final class LineInput: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    /// The number of lines that were taken.
    var count = 0
    var isOver = false
    /// Why the input ended before its end.
    var flaw: Problem?
  }
  private let state = Mutex(State())
  /// The largest size of a line, in bytes.
  private static let longest = SourceFile.mostBytes

  /// Returns the next line without its line break, or why there is none. The input also ends if `isOver` became true during the wait.
  func next(until isOver: @escaping @Sendable () -> Bool) async -> TypedLine {
    if let line = taken() { return line }
    return await withCheckedContinuation { continuation in
      let isStarted = PlainThread.start { [self] in
        while !isOver() {
          read()
          if let line = taken() { return continuation.resume(returning: line) }
        }
        continuation.resume(returning: .over)
      }
      if !isStarted { continuation.resume(returning: .over) }
    }
  }

  /// Reads what has arrived. Waits at most a tenth of a second.
  private func read() {
    var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, 100) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
    let code = errno
    if count < 0, code == EINTR || code == EAGAIN { return }
    state.withLock { state in
      if count > 0 { state.bytes += bytes.prefix(count) } else { state.isOver = true }
      // A terminal that was closed is the end of what a person types.
      if count < 0, code != EIO {
        state.flaw = Problem(
          "standard input cannot be read: \(String(cString: strerror(code)))", fix: "give it lines of Lua: lander repl <lines.lua")
      }
    }
  }

  /// Takes the next line. The result is nil if it has not arrived yet.
  private func taken() -> TypedLine? {
    state.withLock { state in
      if let flaw = state.flaw { return .unreadable(flaw) }
      let newline = state.bytes.firstIndex(of: UInt8(ascii: "\n"))
      if newline == nil, state.bytes.isEmpty || !state.isOver, state.bytes.count <= Self.longest { return state.isOver ? .over : nil }
      state.count += 1
      let line = state.bytes.prefix(newline ?? state.bytes.count)
      guard line.count <= Self.longest else {
        let flaw = Problem("line \(state.count) of standard input has over \(Self.longest.inBytes)", fix: "make it several lines")
        state.flaw = flaw
        return .unreadable(flaw)
      }
      guard let text = String(validating: line, as: UTF8.self) else {
        let flaw = Problem("line \(state.count) of standard input is not UTF-8", fix: "give it lines of Lua, as a text in UTF-8")
        state.flaw = flaw
        return .unreadable(flaw)
      }
      state.bytes.removeFirst(newline.map { $0 + 1 } ?? state.bytes.count)
      return .line(text)
    }
  }
}
