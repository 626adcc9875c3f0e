import DeployModel
import Glibc
import Synchronization

/// Handles Ctrl-C, SIGTERM and a closed terminal while a command runs on hosts.
final class ExecInterruption: Sendable {
  private let heard = Mutex<(signal: Int32, at: ContinuousClock.Instant)?>(nil)

  /// The command's exit code, or nil if nobody interrupted it.
  var code: ExitCode? { heard.withLock { $0.map { ExitCode(endedBy: $0.signal) } } }

  func arm(_ terminal: Terminal, _ cancel: @escaping @Sendable () async -> Void) {
    Signals.hear(Signals.ending) { [self] number in
      let now = ContinuousClock.now
      let first = heard.withLock { first in
        defer { first = first ?? (number, now) }
        return first
      }
      // A TERM soon after an INT counts as the same request, because CI runners send both. Closing the terminal later does not count as a
      // new request either.
      if let first, number == SIGHUP || number == SIGTERM && first.signal != SIGTERM && now - first.at < .seconds(30) { return }
      guard first == nil else { Ending.leave(code ?? .interrupted) }
      terminal.tell("Interrupted: ending the command on every host")
      Task { await cancel() }
    }
  }
}
