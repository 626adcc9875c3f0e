import DeployModel
import Glibc
import Synchronization

/// Ctrl-C, SIGTERM and a closed terminal at a prompt. Where a person types, Ctrl-C ends the line that runs, or empties the one that is
/// typed; everything else ends the prompt.
final class PromptInterruption: Sendable {
  private struct State {
    var cancel: (@Sendable () -> Void)?
    var code: ExitCode?
    var isReset = false
  }
  private let state = Mutex(State())

  /// What the command exits with; nil: nobody ended it.
  var code: ExitCode? { state.withLock { $0.code } }

  /// Whether what was typed before is to be forgotten. Asking forgets it.
  func isReset() -> Bool {
    state.withLock { state in
      defer { state.isReset = false }
      return state.isReset
    }
  }

  /// A line runs.
  func begins(_ cancel: @escaping @Sendable () -> Void) {
    state.withLock { $0.cancel = cancel }
    if code != nil { cancel() }
  }
  func ends() { state.withLock { $0.cancel = nil } }

  /// - Parameter again: shows the prompt anew.
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
