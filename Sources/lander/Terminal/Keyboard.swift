import Glibc
import Synchronization

/// What a person types at this terminal, byte by byte and without an echo, while something is asked. The terminal is as it was afterwards.
/// A process in the background neither reads nor changes it: it would be stopped for that.
final class Keyboard: Sendable {
  /// How the terminal was before; nil: it is as it was.
  private let before = Mutex<termios?>(nil)
  /// Whether bytes come as they are typed; otherwise the terminal shows them and gives whole lines.
  private let isRaw: Bool

  init(isRaw: Bool) { self.isRaw = isRaw }

  /// From now on: what was typed before is no answer to what is asked now.
  func begin() {
    guard isInForeground else { return }
    tcflush(STDIN_FILENO, TCIFLUSH)
    quieten()
  }

  /// What was typed since; nothing if nobody did.
  func bytes() -> [UInt8] {
    guard isInForeground else { return [] }
    // A shell that had the terminal meanwhile may have left it in its own way.
    quieten()
    var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, 0) > 0, wanted.revents & Int16(POLLIN) != 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(STDIN_FILENO, &bytes, bytes.count)
    return count > 0 ? Array(bytes.prefix(count)) : []
  }

  /// Gives the terminal back as it was.
  func end() {
    before.withLock { before in
      guard var modes = before, isInForeground else { return }
      tcsetattr(STDIN_FILENO, TCSANOW, &modes)
      before = nil
    }
  }

  private var isInForeground: Bool { tcgetpgrp(STDIN_FILENO) == getpgrp() }

  private func quieten() {
    guard isRaw else { return }
    before.withLock { before in
      var modes = termios()
      let wanted = tcflag_t(ECHO | ICANON)
      guard tcgetattr(STDIN_FILENO, &modes) == 0, modes.c_lflag & wanted != 0 else { return }
      if before == nil { before = modes }
      modes.c_lflag &= ~wanted
      tcsetattr(STDIN_FILENO, TCSANOW, &modes)
    }
  }
}
