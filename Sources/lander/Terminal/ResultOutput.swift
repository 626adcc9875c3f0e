import DeployModel
import Glibc
import Synchronization

/// The file of `--result`, opened before anything is done, so that a wrong path is refused in time.
enum ResultOutput {
  private static let descriptor = Mutex<Int32?>(nil)

  /// - Throws: `Problems` if it cannot be written.
  static func open(_ path: String) throws(Problems) {
    let opened = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard opened >= 0 else {
      let reason = String(cString: strerror(errno))
      throw Problems(Problem("\(path) cannot be written: \(reason)", subject: "--result", fix: "name a file in a folder that is there"))
    }
    descriptor.withLock { $0 = opened }
  }

  /// Whether a file waits for the result.
  static var isOpen: Bool { descriptor.withLock { $0 != nil } }

  /// Writes the result in place of what was there, and closes the file.
  /// - Returns: why it could not be written; nil: it was.
  static func write(_ text: String) -> String? {
    guard
      let file = descriptor.withLock({ file in
        defer { file = nil }
        return file
      })
    else { return nil }
    defer { close(file) }
    // Not a regular file, such as /dev/stdout: it has no end to cut.
    _ = ftruncate(file, 0)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return String(cString: strerror(errno)) }
      bytes = bytes.dropFirst(count)
    }
    return nil
  }
}
