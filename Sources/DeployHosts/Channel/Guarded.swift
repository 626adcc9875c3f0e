import Glibc

/// A value behind a lock of the system: short critical sections between the poll thread and tasks.
final class Guarded<Value>: @unchecked Sendable {
  private var value: Value
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init(_ value: Value) {
    self.value = value
    pthread_mutex_init(lock, nil)
  }
  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }
  /// Runs the closure alone; it must not wait and must not enter the same lock again.
  func with<Result, Thrown: Error>(_ body: (inout Value) throws(Thrown) -> Result) throws(Thrown) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&value)
  }
}
