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
    let end = ends.read
    let watcher = Watcher { continuation.yield($0) }
    watcher.start(on: end)
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

  /// A thread that reads the pipe: signals must be heard while all tasks are busy.
  private final class Watcher: Sendable {
    let heard: @Sendable (Int32) -> Void
    init(_ heard: @escaping @Sendable (Int32) -> Void) { self.heard = heard }

    func start(on end: Int32) {
      var thread = pthread_t()
      let work = Unmanaged.passRetained(Work(watcher: self, end: end))
      let started = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
          return nil
        }, work.toOpaque())
      if started == 0 { pthread_detach(thread) } else { work.release() }
    }
  }

  private final class Work: Sendable {
    let watcher: Watcher
    let end: Int32
    init(watcher: Watcher, end: Int32) {
      self.watcher = watcher
      self.end = end
    }

    func run() {
      while true {
        var wanted = pollfd(fd: end, events: Int16(POLLIN), revents: 0)
        if poll(&wanted, 1, -1) < 0, errno != EINTR { return }
        var byte: UInt8 = 0
        while read(end, &byte, 1) == 1 { watcher.heard(Int32(byte)) }
      }
    }
  }
}
