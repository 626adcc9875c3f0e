import DeployDesk
import DeployModel
import DeployReport
import Synchronization

extension Terminal {
  /// Shows on standard error what happens while the desk works. May be called from any task.
  /// - Parameter mode: the output mode of the deployment. In quiet mode, only warnings and the place in the queue are shown.
  func listener(_ mode: Surface.Mode? = nil) -> @Sendable (DeskEvent) -> Void {
    let build = BuildLines()
    return { event in
      if mode == .quiet, event.isChatter { return }
      switch event {
      case .building(let command): tell("Building: \(SafeText.line(command))")
      case .output(let chunk): for line in build.take(chunk) { tell(err.paint("  | ", .dim) + line) }
      case .warning(let problem): warn(problem)
      case .appSpecWarnings(let count, let recipe):
        tell("The appspec file has \(count.of("warning")): \(AppSpecHint.check(of: recipe)) shows them.")
      case .remark(let sentence): tell(sentence)
      case .standing(let standing): tell(standing.lines(on: err))
      case .waiting(let names, let total, let time):
        let shown = names.prefix(6).joined(separator: " ") + (names.count > 6 ? " …" : "")
        tell("Waiting for \(names.count) of \(total.of("host")) to answer: \(shown) (\(time.milliseconds / 1000) s)")
      }
    }
  }

  /// Shows a warning about something that deserves attention but is not an error.
  func warn(_ problem: Problem) {
    Ending.warn(problem)
    let lines = problem.lines(on: err)
    tell(["warning: " + lines[0]] + lines.dropFirst())
  }
}

extension DeskEvent {
  /// Whether the event only says that something is under way.
  fileprivate var isChatter: Bool {
    switch self {
    case .building, .output, .remark, .waiting: true
    case .warning, .appSpecWarnings, .standing: false
    }
  }
}

/// Splits a build's output into lines. The output can come from any task.
private final class BuildLines: Sendable {
  private let partial = Mutex(PartialLines())

  func take(_ chunk: OutputChunk) -> [String] { partial.withLock { $0.take(chunk) } }
}
