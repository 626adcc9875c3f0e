import DeployGround
import DeployModel
import Glibc

/// The program of `--events exec:COMMAND`. It gets each event as one line of JSON on its standard input. Its output goes to standard error.
/// The program ends with the command.
struct EventProgram: Sendable {
  /// This process's end of the program's standard input.
  let input: Int32
  private let process: pid_t
  private let line: String
  /// The time within which the program must end after the last event.
  private static let patience = Duration.seconds(5)

  /// - Throws: `Problems` if the program cannot be started.
  init(_ line: String) throws(Problems) {
    self.line = line
    let empty = Problems(Problem("it names no command", subject: "--events", fix: "--events 'exec:./notify.sh'"))
    guard !line.allSatisfy(\.isWhitespace), let pipe = try? Spawn.pipe() else { throw empty }
    defer { close(pipe.reading) }
    do throws(SystemError) {
      // The program has its own process group, so Ctrl-C does not end it. After Ctrl-C, the deployment ends in an orderly way, and the
      // program needs the last events.
      process = try Spawn.start(
        ["sh", "-c", line], program: "/bin/sh", environment: Spawn.environment(), streams: [pipe.reading, 2])
    } catch {
      close(pipe.writing)
      throw Problems(Problem("sh could not be started: \(error.reason)", subject: "--events"))
    }
    _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
    input = pipe.writing
  }

  /// Waits until the program has ended. Its input is already closed.
  /// - Returns: the problem to report, or nil if the program succeeded.
  func finish() async -> Problem? {
    let deadline = ContinuousClock.now + Self.patience
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      guard ContinuousClock.now < deadline else {
        kill(-process, SIGKILL)
        waitpid(process, &status, 0)
        return Problem("\(line) did not end within 5 s after the last event, and was ended", subject: "--events")
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
    let words: String
    switch ProcessEnd(status) {
    case .exited(0): return nil
    case .exited(let code): words = "ended with status \(code)"
    case .signalled(let number): words = "was ended by signal \(number)"
    }
    return Problem("\(line) \(words)", subject: "--events", fix: "the deployment itself is not affected")
  }
}
