import DeployGround
import DeployModel
import Glibc

/// Helper functions for files on this machine and for failures about them.
enum Temporary {
  /// Returns the names in a folder that begin with a prefix, sorted by their bytes.
  static func entries(of folder: String, prefix: String = "") throws(Failure) -> [String] {
    do throws(SystemError) {
      return try FolderNames.read(folder).map { String(decoding: $0, as: UTF8.self) }.filter { $0.hasPrefix(prefix) }
    } catch { throw failure("\(folder) cannot be read", error.code) }
  }
  /// Makes a failure about a file on this machine from the system's last error, or from a given error.
  static func failure(_ what: String, _ code: Int32 = errno) -> Failure {
    let kind: Failure.Kind =
      switch code {
      case ENOSPC, EDQUOT, EFBIG: .noSpace
      case EACCES, EPERM, EROFS: .notPermitted
      case ENOENT: .missing
      default: .transport
      }
    return Failure(kind, "\(what) on this machine: \(String(cString: strerror(code)))")
  }
}
