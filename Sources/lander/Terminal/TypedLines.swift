import DeployModel
import DeployReport
import Glibc

/// A line of input, or the reason why there is none.
enum TypedLine: Sendable, Hashable {
  /// A line without its line break.
  case line(String)
  /// The input has ended.
  case over
  /// A signal ended the line while it was being typed.
  case stopped
  /// The input cannot be read, or the line is no text that can be run.
  case unreadable(Problem)
}

/// Where the lines of a prompt come from.
protocol TypedLines: Sendable {
  /// Waits for the next line. If a person types the lines, shows a prompt first.
  func next(_ prompt: String) async -> TypedLine
}

/// Lines of standard input. They can be edited only as far as the terminal itself allows.
struct PlainLines: TypedLines {
  private let input = LineInput()
  private let isTerminal = isatty(STDIN_FILENO) == 1
  /// Whether the input must end now.
  let stops: @Sendable () -> Bool

  func next(_ prompt: String) async -> TypedLine {
    if isTerminal { Terminal.write(prompt, to: STDERR_FILENO) }
    return await input.next(until: stops)
  }
}
