import DeployModel
import Glibc

/// Opens files that options name for output.
enum OutputFile {
  /// Opens and empties a file, which is made if it does not exist. A pipe has to have a reader already: a command that waits for one would
  /// wait without a word.
  /// - Parameter option: the option that named the file.
  /// - Throws: `Problems` if the file cannot be written.
  static func open(_ path: String, option: String) throws(Problems) -> Int32 {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard descriptor >= 0 else { throw Problems(problem(errno, path, option)) }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    // Something that is not a regular file, such as /dev/stdout, cannot be truncated.
    _ = ftruncate(descriptor, 0)
    return descriptor
  }

  /// Returns what is wrong with a file that could not be opened.
  static func problem(_ code: Int32, _ path: String, _ option: String) -> Problem {
    // A pipe can be opened for writing in this way only while somebody reads it.
    let isUnread = code == ENXIO
    return Problem(
      "\(path) cannot be written: \(isUnread ? "nobody reads the pipe" : String(cString: strerror(code)))", subject: option,
      fix: isUnread ? "start its reader first" : "name a file in a folder that is there")
  }
}
