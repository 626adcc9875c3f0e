package import Glibc

/// Reads the names in a folder.
package enum FolderNames {
  /// Returns the names in a folder as bytes, because a name need not be valid text. They are sorted, and `.` and `..` are left out.
  package static func read(_ folder: String) throws(SystemError) -> [[UInt8]] {
    guard let stream = opendir(folder) else { throw SystemError() }
    defer { closedir(stream) }
    var names: [[UInt8]] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [0x2E], name != [0x2E, 0x2E] { names.append(name) }
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The processes of this machine that `/proc` lists, or none if `/proc` cannot be read.
  package static var processes: [pid_t] {
    ((try? read("/proc")) ?? []).compactMap { pid_t(String(decoding: $0, as: UTF8.self)) }
  }
}
