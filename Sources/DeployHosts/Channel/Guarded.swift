import Glibc

/// A value behind a lock of the system, for short critical sections between the poll thread and tasks.
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
  /// Runs the closure while no other closure has the value. The closure must not wait and must not use the same value's lock again.
  func with<Result, Thrown: Error>(_ body: (inout Value) throws(Thrown) -> Result) throws(Thrown) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&value)
  }
}
