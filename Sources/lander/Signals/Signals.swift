import Dispatch
import Glibc
import Synchronization

/// Passes this process's signals to the newest listener. Child processes inherit ignored and blocked signals, but no handlers.
enum Signals {
  /// The signals that ask a command to end: Ctrl-C, SIGTERM, and a closed terminal.
  static let ending: [Int32] = [SIGINT, SIGTERM, SIGHUP]

  /// The two ends of a pipe. The handler writes to one end, and the thread reads from the other.
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

  /// Starts the thread that reads the pipe. Returns after the thread has passed on pending signals, so that an earlier signal keeps the
  /// command from starting.
  private static let watch: Void = {
    let isReady = DispatchSemaphore(value: 0)
    let read = ends.read
    if PlainThread.start({ listen(to: read, isReady) }) { isReady.wait() }
  }()

  /// From now on, passes each of these signals to `heard` instead of to the earlier listener. If the parent of this process ignores SIGHUP,
  /// as nohup does, SIGHUP stays ignored.
  static func hear(_ numbers: [Int32], _ heard: @escaping @Sendable (Int32) -> Void) {
    listener.withLock { $0 = heard }
    for number in numbers where number != SIGHUP || !isIgnored(number) {
      signal(number) { number in
        let before = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Signals.ends.write, &byte, 1)
        errno = before
      }
    }
    watch
  }

  static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  private static func listen(to end: Int32, _ isReady: DispatchSemaphore) {
    // The parent of this process might have blocked these signals, and blocked signals are inherited.
    var mask = sigset_t()
    sigemptyset(&mask)
    for number in ending + [SIGUSR1, SIGWINCH, SIGCONT] { sigaddset(&mask, number) }
    pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    tell(from: end)
    isReady.signal()
    while true {
      var wanted = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
      if poll(&wanted, 1, -1) < 0, errno != EINTR { return }
      tell(from: end)
    }
  }

  private static func tell(from end: Int32) {
    var byte: UInt8 = 0
    while read(end, &byte, 1) == 1 { listener.withLock { $0 }?(Int32(byte)) }
  }
}
