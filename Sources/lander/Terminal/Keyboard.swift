import Glibc
import Synchronization

/// Reads what a person types at this terminal while there is a question, byte by byte and without echo. Afterwards, the terminal has its
/// old settings again. If this process is in the background, it neither reads nor changes the terminal, because the system would stop it.
final class Keyboard: Sendable {
  /// The terminal's old settings, or nil if they are unchanged.
  private let before = Mutex<termios?>(nil)
  /// Whether bytes arrive as they are typed. If false, the terminal echoes them and delivers whole lines.
  private let isRaw: Bool

  init(isRaw: Bool) { self.isRaw = isRaw }

  /// Starts reading. Earlier input is dropped, because it does not answer the current question.
  func begin() {
    guard isInForeground else { return }
    tcflush(STDIN_FILENO, TCIFLUSH)
    quieten()
  }

  /// Returns what was typed since the last call, or an empty list if nothing was typed.
  func bytes() -> [UInt8] {
    guard isInForeground else { return [] }
    // A shell that had the terminal meanwhile might have changed its settings.
    quieten()
    var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&wanted, 1, 0) > 0, wanted.revents & Int16(POLLIN) != 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(STDIN_FILENO, &bytes, bytes.count)
    return count > 0 ? Array(bytes.prefix(count)) : []
  }

  /// Restores the terminal's old settings.
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
