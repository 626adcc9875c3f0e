import DeployModel
import Glibc
import Synchronization

/// Handles Ctrl-C, SIGTERM and a closed terminal at a prompt. If a person is typing the lines, Ctrl-C ends the line that is running, or
/// clears the line that is being typed. The other signals end the prompt.
final class PromptInterruption: Sendable {
  private struct State {
    var cancel: (@Sendable () -> Void)?
    var code: ExitCode?
    var isReset = false
  }
  private let state = Mutex(State())

  /// The exit code of the command, or nil if no signal ended it.
  var code: ExitCode? { state.withLock { $0.code } }

  /// Whether the line that is being typed must end, either because it is dropped or because the command ends.
  var endsTyping: Bool { state.withLock { $0.isReset || $0.code != nil } }

  /// Returns whether the lines typed so far must be dropped. After the call, the next result is false.
  func isReset() -> Bool {
    state.withLock { state in
      defer { state.isReset = false }
      return state.isReset
    }
  }

  /// Records that a line begins to run, and how to cancel it.
  func begins(_ cancel: @escaping @Sendable () -> Void) {
    state.withLock { $0.cancel = cancel }
    if code != nil { cancel() }
  }
  func ends() { state.withLock { $0.cancel = nil } }

  /// - Parameter again: shows the prompt again after a line was dropped.
  func arm(isTerminal: Bool, _ again: @escaping @Sendable () -> Void) {
    Signals.hear(Signals.ending) { [self] number in
      let (cancel, isSecond) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
        if number == SIGINT, isTerminal {
          state.isReset = state.cancel == nil
          return (state.cancel ?? again, false)
        }
        let isSecond = state.code != nil && number != SIGHUP
        state.code = state.code ?? ExitCode(endedBy: number)
        return (state.cancel, isSecond)
      }
      if isSecond { Ending.leave(code ?? .interrupted) }
      cancel?()
    }
  }
}
