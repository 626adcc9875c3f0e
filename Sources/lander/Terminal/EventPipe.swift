import DeployModel
import Glibc
import Synchronization

/// The pipe of `--events`. It is opened before anything else happens, and stays open until the program ends. So a pipe without a reader is
/// refused before a host is asked, and the reader gets the events of all deployments of the command before its input ends.
enum EventPipe {
  private static let opened = Mutex<(path: String, descriptor: Int32)?>(nil)

  /// Opens the pipe, if the path leads to one.
  /// - Throws: `Problems` if nobody reads the pipe.
  static func open(_ path: String) throws(Problems) {
    var status = stat()
    guard OutputFile.descriptor(Folder.absolute(path)) == nil, stat(Folder.absolute(path), &status) == 0,
      status.st_mode & S_IFMT == S_IFIFO
    else { return }
    let descriptor = try OutputFile.appending(to: path, option: "--events")
    opened.withLock { $0 = (path, descriptor) }
  }

  /// Returns a new descriptor of the open pipe, or nil if the path is not that of the pipe.
  static func copy(of path: String) -> Int32? {
    opened.withLock { $0.flatMap { $0.path.isExactly(path) ? fcntl($0.descriptor, F_DUPFD_CLOEXEC, 3) : nil } }
  }
}
