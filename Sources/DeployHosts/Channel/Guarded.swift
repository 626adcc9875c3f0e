import Glibc

/// A value that a system lock protects, for short critical sections shared by the poll thread and tasks.
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
  /// Runs the closure while no other closure has access to the value. The closure must not wait, and must not call this again for the same
  /// value.
  func with<Result, Thrown: Error>(_ body: (inout Value) throws(Thrown) -> Result) throws(Thrown) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return try body(&value)
  }
}
