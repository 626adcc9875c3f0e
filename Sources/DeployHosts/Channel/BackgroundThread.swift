import DeployModel
import Glibc

/// Work that takes the processor for long. It gets a thread of its own, because tasks share as many threads as there are processors.
enum BackgroundThread {
  private final class Work {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Runs the closure on a new thread, which ends with it.
  /// - Throws: kind `transport` if the system starts no thread.
  static func start(_ body: @escaping @Sendable () -> Void) throws(Failure) {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    let code = pthread_create(
      &thread, nil,
      { work in
        Unmanaged<Work>.fromOpaque(work!).takeRetainedValue().body()  // passed two lines below, never nil
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      throw Failure(
        .transport, "the system starts no thread: \(String(cString: strerror(code)))", fix: "raise the limit: ulimit -u or ulimit -v")
    }
    pthread_detach(thread)
  }
}
