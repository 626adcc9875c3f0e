import DeployDesk
import DeployModel
import DeployReport

/// What a prompt shows. Operations and log lines go to standard error. Output of hosts and values go to standard output.
struct PromptLines: Sendable {
  let terminal: Terminal

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Shows an event. May be called from any task.
  func take(_ event: PromptEvent) {
    switch event {
    case .log(let line): terminal.tell(SafeText.lines(line.text).map { "\(line.level.rawValue): \($0)" })
    case .begins(let place, let operation): terminal.tell(terminal.err.paint("\(place) > \(operation.sentence)", .dim))
    case .ended(let place, .run, let outcome): ExecReport(hosts: [place], terminal: terminal).show(outcome, of: place)
    case .ended: return
    }
  }

  /// Shows the values of an expression.
  func values(_ texts: [String]) { terminal.say(texts.flatMap { SafeText.lines($0) }) }

  /// Reports the error of a line. Programs get the error too, unless a later line succeeds.
  /// - Returns: the exit code for the error.
  func failed(_ error: ScriptError) -> ExitCode {
    let code = terminal.report(error)
    Ending.note([], [Problem(error.failure.message, place: error.place, subject: error.host, fix: error.failure.fix)])
    if let stderr = error.stderr { terminal.tell(SafeText.tail(stderr, lines: 10).map { "  | " + $0 }) }
    return code
  }

  /// Reports what is wrong with a typed line.
  func refused(_ problem: Problem) -> ExitCode {
    Ending.note([], [problem])
    return terminal.report(problem)
  }
}
