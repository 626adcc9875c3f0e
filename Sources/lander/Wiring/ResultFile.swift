import DeployModel
import Foundation

/// The file that a command writes its result to, opened before anything is done, so that a wrong path is refused in time. It is emptied
/// then: what an earlier command wrote must not be taken for the result of one that ended before it had any.
struct ResultFile {
  private let path: String
  private let descriptor: Int32

  /// - Parameter option: by which it was named.
  /// - Throws: `Problems` if it cannot be written.
  init(at path: String, option: String = "--result") throws(Problems) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw Problems(Problem("\(path) cannot be written: \(reason)", subject: option, fix: "name a file in a folder that is there"))
    }
    // Not a regular file, such as /dev/stdout: it has no end to cut.
    _ = ftruncate(descriptor, 0)
  }

  /// Writes the result, and closes the file.
  /// - Throws: `Problems`, with a full disk for example; what happened stays as it is.
  func write(_ data: Data) throws(Problems) {
    defer { close(descriptor) }
    do {
      try FileHandle(fileDescriptor: descriptor).write(contentsOf: data)
    } catch {
      throw Problems(
        Problem("the result could not be written to \(path): \(String(cString: strerror(errno)))", fix: "what happened is above"))
    }
  }
}
