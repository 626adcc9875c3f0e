import DeployModel
import Glibc

/// A program that reads events, as `--events exec:COMMAND` starts it: one line of JSON for each on its standard input. Its output goes to
/// standard error. It does not outlive the command.
struct EventProgram: Sendable {
  /// Our end of its standard input.
  let input: Int32
  private let process: pid_t
  private let line: String
  /// The time for its work after the last event.
  private static let patience = Duration.seconds(5)

  /// - Throws: `Problems` if it cannot be started.
  init(_ line: String) throws(Problems) {
    self.line = line
    var ends: [Int32] = [0, 0]
    guard !line.allSatisfy(\.isWhitespace), pipe(&ends) == 0 else {
      throw Problems(Problem("it names no command", subject: "--events", fix: "--events 'exec:./notify.sh'"))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_adddup2(&actions, 2, 1)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // It has its own group, because Ctrl-C ends the deployment in good order, and its last events are needed.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let words: [String] = ["sh", "-c", line]
    var argv = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, "/bin/sh", &actions, &attributes, &argv, environ)
    close(ends[0])
    guard code == 0 else {
      close(ends[1])
      throw Problems(Problem("sh could not be started: \(String(cString: strerror(code)))", subject: "--events"))
    }
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    (input, process) = (ends[1], id)
  }

  /// Waits for its end; its input is already closed.
  /// - Returns: the problem to report; nil: it succeeded.
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
    if status == 0 { return nil }
    let words = status & 0x7F == 0 ? "ended with status \(status >> 8 & 0xFF)" : "was ended by signal \(status & 0x7F)"
    return Problem("\(line) \(words)", subject: "--events", fix: "the deployment is as it is")
  }
}
