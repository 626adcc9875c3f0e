import DeployGround
import DeployModel
import Glibc

/// A child process that leads its own process group.
struct Child: Sendable {
  let pid: pid_t

  /// Starts a program, which is looked up in the PATH of this process. The three descriptors become its standard streams. The caller still
  /// has to close its own copies of them.
  /// - Parameter environment: `NAME=value`, or nil for the environment of this process.
  /// - Throws: kind `missing` if there is no such program, or `transport` if the system refuses to start it.
  static func start(_ argv: [String], environment: [String]? = nil, streams: [Int32]) throws(Failure) -> Child {
    do throws(SystemError) {
      return Child(pid: try Spawn.start(argv, environment: environment ?? Spawn.environment(), streams: streams))
    } catch {
      throw Failure(
        error.code == ENOENT ? .missing : .transport, "\(argv[0]) could not be started: \(error.reason)",
        fix: "is \(argv[0]) installed and in PATH?")
    }
  }

  /// Returns a pair of connected descriptors that children do not inherit automatically. They are sockets rather than pipes for two
  /// reasons: a single call creates them close-on-exec, and a broken socket does not end this process with a signal. `ours` does not block.
  static func pair() throws(Failure) -> (ours: Int32, theirs: Int32) {
    var pair: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(bitPattern: SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
      throw Failure(
        .transport, "no descriptors for another child process: \(String(cString: strerror(errno)))",
        fix: "raise the limit on open files: ulimit -n 4096")
    }
    _ = fcntl(pair[0], F_SETFL, fcntl(pair[0], F_GETFL) | O_NONBLOCK)
    return (pair[0], pair[1])
  }

  private final class Wait {
    let resume: CheckedContinuation<Int, Never>
    let pid: pid_t
    init(_ resume: CheckedContinuation<Int, Never>, _ pid: pid_t) {
      self.resume = resume
      self.pid = pid
    }
  }

  /// Waits on a separate thread until the process has ended. Returns the status that a shell would report. If a signal ended the process,
  /// that is 128 plus the signal's number.
  func exit() async -> Int {
    let pid = self.pid
    return await withCheckedContinuation { resume in
      var thread = pthread_t()
      let wait = Unmanaged.passRetained(Wait(resume, pid)).toOpaque()
      let code = pthread_create(
        &thread, nil,
        { wait in
          let wait = Unmanaged<Wait>.fromOpaque(wait!).takeRetainedValue()  // passed below, never nil
          var status: Int32 = 0
          while waitpid(wait.pid, &status, 0) < 0 && errno == EINTR {}
          wait.resume.resume(returning: ProcessEnd(status).shellStatus)
          return nil
        }, wait)
      precondition(code == 0, "no thread to wait for a child")
      pthread_detach(thread)
    }
  }

  /// Sends a signal to the whole process group.
  func signal(_ number: Int32) { kill(-pid, number) }
}
