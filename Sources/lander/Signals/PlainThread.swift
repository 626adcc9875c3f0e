import Glibc

/// Starts threads for work that must happen even while all task threads are busy. One such thread waits for signals, and one ends the
/// program.
enum PlainThread {
  /// Runs a body on a new thread. Returns false, and does not run the body, if the system cannot create another thread.
  @discardableResult
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    var thread = pthread_t()
    let boxed = Unmanaged.passRetained(Box(body))
    let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
      if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
      return nil
    }
    guard pthread_create(&thread, nil, run, boxed.toOpaque()) == 0 else {
      boxed.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// Sleeps. This is only for plain threads, because in a task it would block other tasks.
  static func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

  private final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
