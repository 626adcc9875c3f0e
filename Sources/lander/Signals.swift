import Glibc
import Synchronization

/// Signals of this process, given to whoever asked for them last. Handlers are not handed on to child processes, unlike ignored or
/// blocked signals.
enum Signals {
  /// What the handler writes to, and what is read.
  private static let ends: (read: Int32, write: Int32) = {
    var pair: [Int32] = [-1, -1]
    guard pipe(&pair) == 0 else { return (-1, -1) }
    for end in pair {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    return (pair[0], pair[1])
  }()

  private static let listener = Mutex<(@Sendable (Int32) -> Void)?>(nil)
  private static let watch: Void = Watch(on: ends.read) { number in listener.withLock { $0 }?(number) }.start()

  /// Each of these signals as it comes, from now on, instead of whatever was done with signals before.
  static func hear(_ numbers: [Int32], _ heard: @escaping @Sendable (Int32) -> Void) {
    listener.withLock { $0 = heard }
    watch
    for number in numbers {
      signal(number) { number in
        let before = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Signals.ends.write, &byte, 1)
        errno = before
      }
    }
  }

  /// What the thread does that reads the pipe: signals must be heard while all tasks are busy.
  private final class Watch: Sendable {
    let end: Int32
    let heard: @Sendable (Int32) -> Void

    init(on end: Int32, heard: @escaping @Sendable (Int32) -> Void) {
      self.end = end
      self.heard = heard
    }

    func start() {
      var thread = pthread_t()
      let this = Unmanaged.passRetained(self)
      let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        if let argument { Unmanaged<Watch>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }
      if pthread_create(&thread, nil, run, this.toOpaque()) == 0 { pthread_detach(thread) } else { this.release() }
    }

    private func run() {
      // Whoever started this process may have blocked them, and blocking is inherited.
      var mask = sigset_t()
      sigemptyset(&mask)
      for number in [SIGINT, SIGTERM, SIGUSR1, SIGWINCH] { sigaddset(&mask, number) }
      pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      while true {
        var wanted = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        if poll(&wanted, 1, -1) < 0, errno != EINTR { return }
        var byte: UInt8 = 0
        while read(end, &byte, 1) == 1 { heard(Int32(byte)) }
      }
    }
  }
}
