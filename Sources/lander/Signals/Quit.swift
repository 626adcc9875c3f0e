import Glibc

/// Ends the program at once at SIGQUIT (Ctrl-\\ at a terminal), as a program without a handler ends. Nothing is cleaned up, except that the
/// terminal gets back the settings that it had when the program began. Swift's own handler would print a trace of all threads instead.
enum Quit {
  /// The settings of the terminal at the start, or nil if standard input is no terminal.
  nonisolated(unsafe) private static var before: termios?

  /// Handles the signal from now on, unless the parent of this process ignores it.
  static func arm() {
    if Signals.isIgnored(SIGQUIT) { return }
    var modes = termios()
    if tcgetattr(STDIN_FILENO, &modes) == 0 { before = modes }
    signal(SIGQUIT, quit)
  }

  fileprivate static func restore() {
    guard var modes = before, tcgetpgrp(STDIN_FILENO) == getpgrp() else { return }
    tcsetattr(STDIN_FILENO, TCSANOW, &modes)
  }
}

/// The handler of SIGQUIT. It calls only functions that a handler is allowed to call.
private func quit(_ number: Int32) {
  Quit.restore()
  signal(number, SIG_DFL)
  raise(number)
}
