import Glibc

/// A right that one process of this machine has at a time, as a lock on a file. It is given back by `release`, with the last reference, and
/// by the kernel when the process ends, in whatever way.
package final class FileLock: Sendable {
  package let descriptor: Int32

  /// Makes the file if it is missing.
  /// - Returns: nil while another holder has it.
  /// - Throws: if the file cannot be opened.
  package init?(_ path: String) throws(SystemError) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw SystemError() }
    // Who only looks has it for a moment: that is no reason to give up.
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

  /// Whether somebody has it now.
  package static func isHeld(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    // Two who look are not in each other's way.
    return !take(file, exclusive: false)
  }

  /// Locks an open file or folder, without waiting.
  /// - Returns: false if somebody else has a lock that does not go with it.
  package static func take(_ descriptor: Int32, exclusive: Bool = true) -> Bool {
    while flock(descriptor, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }
}
