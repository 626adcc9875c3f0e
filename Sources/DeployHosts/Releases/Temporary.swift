import DeployModel
import Glibc

/// Helpers for files of this machine, and their errors.
enum Temporary {
  /// Names in a folder with this prefix, in the order of their bytes.
  static func entries(of folder: String, prefix: String = "") throws(Failure) -> [String] {
    guard let directory = opendir(folder) else { throw failure("\(folder) cannot be read") }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != "..", name.hasPrefix(prefix) { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
  /// The system's last error, about a file of this machine.
  static func failure(_ what: String) -> Failure {
    let code = errno
    let kind: Failure.Kind =
      switch code {
      case ENOSPC, EDQUOT: .noSpace
      case EACCES, EPERM, EROFS: .notPermitted
      case ENOENT: .missing
      default: .transport
      }
    return Failure(kind, "\(what) on this machine: \(String(cString: strerror(code)))")
  }
}
