package import Glibc

/// Finds processes of this machine by an environment variable of the process, or by its working directory.
package enum MarkedProcesses {
  /// Returns the ids of the processes that have the variable, if this user is allowed to see them. This process is left out.
  /// - Parameter entry: the variable as `NAME=value`.
  package static func ids(with entry: String) -> [pid_t] {
    let wanted = Array(entry.utf8)
    return FolderNames.processes.filter { $0 > 1 && $0 != getpid() && holds(environment(of: $0), wanted) }
  }

  /// Returns the ids of the processes whose working directory is a folder or below it, if this user is allowed to see them. This process is
  /// left out.
  /// - Parameter folder: an absolute path without links.
  package static func ids(in folder: String) -> [pid_t] {
    let wanted = Array(folder.utf8)
    return FolderNames.processes.filter { process in
      guard process > 1, process != getpid() else { return false }
      var link = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink("/proc/\(process)/cwd", &link, link.count)
      guard count >= wanted.count, link.prefix(wanted.count).elementsEqual(wanted.map { CChar(bitPattern: $0) }) else { return false }
      return count == wanted.count || link[wanted.count] == 0x2F
    }
  }

  /// Returns the environment of a process, cut to 1 MiB. The result is empty if the environment cannot be read.
  private static func environment(of process: pid_t) -> [UInt8] {
    let file = open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { Glibc.close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count < 1 << 20 {
      let count = read(file, &piece, piece.count)
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    return bytes
  }

  /// Whether one of the strings equals the wanted one. Each string ends in a zero byte.
  private static func holds(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: 0) ?? bytes.endIndex
      if end - start == wanted.count, bytes[start..<end].elementsEqual(wanted) { return true }
      start = end + 1
    }
    return false
  }
}
