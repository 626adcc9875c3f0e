import Glibc

/// Signals of this process as an asynchronous sequence. Handlers are not handed on to child processes, unlike ignored or blocked signals.
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

  /// Each signal as it comes, from now on; call it once.
  static func stream(_ numbers: [Int32]) -> AsyncStream<Int32> {
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    Watch(on: ends.read, for: numbers) { continuation.yield($0) }.start()
    for number in numbers {
      signal(number) { number in
        let before = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Signals.ends.write, &byte, 1)
        errno = before
      }
    }
    return stream
  }

  /// What the thread does that reads the pipe: signals must be heard while all tasks are busy.
  private final class Watch: Sendable {
    let end: Int32
    let numbers: [Int32]
    let heard: @Sendable (Int32) -> Void

    init(on end: Int32, for numbers: [Int32], heard: @escaping @Sendable (Int32) -> Void) {
      self.end = end
      self.numbers = numbers
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
      for number in numbers { sigaddset(&mask, number) }
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
