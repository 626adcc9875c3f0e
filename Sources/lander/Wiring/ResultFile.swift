import DeployModel
import Foundation

/// The file for a command's result. The command opens and empties the file before it does anything. So a wrong path is reported before
/// anything happens. And if the command ends without a result, nobody mistakes an earlier result for this command's.
struct ResultFile {
  private let path: String
  private let descriptor: Int32

  /// - Parameter option: the option that named the file.
  /// - Throws: `Problems` if the file cannot be written.
  init(at path: String, option: String = "--result") throws(Problems) {
    self.path = path
    descriptor = try OutputFile.open(path, option: option)
  }

  /// Writes the result, and closes the file.
  /// - Throws: `Problems`, for example if the disk is full. What the command did is not undone.
  func write(_ data: Data) throws(Problems) {
    defer { close(descriptor) }
    do {
      try FileHandle(fileDescriptor: descriptor).write(contentsOf: data)
    } catch {
      throw Problems(
        Problem("the result could not be written to \(path): \(String(cString: strerror(errno)))", fix: "see the output above"),
        exit: .infrastructure)
    }
  }
}
