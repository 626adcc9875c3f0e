import Glibc

/// An exclusive right of one process of this machine, as a lock on a file. The right ends with `release`, with the last reference to this
/// object, or when the process ends for any reason.
package final class FileLock: Sendable {
  package let descriptor: Int32

  /// Acquires the lock, and creates the file if it is missing.
  /// - Returns: nil if another process holds the lock.
  /// - Throws: an error if the file cannot be opened.
  package init?(_ path: String) throws(SystemError) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw SystemError() }
    // `isHeld` locks the file for a moment, so one failed attempt does not mean that the lock is held.
    var attempts = 20
    while !Self.take(file) {
      attempts -= 1
      guard attempts > 0 else {
        close(file)
        return nil
      }
      usleep(10_000)
    }
    descriptor = file
  }

  deinit { close(descriptor) }

  package func release() { flock(descriptor, LOCK_UN) }

  /// Whether a process holds the lock now.
  package static func isHeld(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    // The lock is shared, so that two callers of this function do not disturb each other.
    return !take(file, exclusive: false)
  }

  /// Locks an open file or folder without waiting.
  /// - Returns: false if another process has a lock that excludes this one.
  package static func take(_ descriptor: Int32, exclusive: Bool = true) -> Bool {
    while flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }
}
