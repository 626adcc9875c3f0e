import DeployModel
import FoundationEssentials
import Glibc

/// Reads the time zone database of this machine.
enum TimeZones {
  private static let folders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"]
  /// The limit of a table, in bytes. The largest table has a few kB.
  private static let limit = 256 * 1024

  /// Returns the table of a time zone, or nil if there is no such zone or the name is invalid.
  static func table(of name: String) -> [UInt8]? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isName = parts.allSatisfy { part in
      !part.isEmpty
        && part.utf8.allSatisfy {
          $0.isLetterOrDigit || [0x2B, 0x2D, 0x5F].contains($0)
        }
    }
    guard isName, name.utf8.count <= 100 else { return nil }
    for folder in folders { if let found = bytes(at: "\(folder)/\(name)") { return found } }
    return nil
  }

  private static func bytes(at path: String) -> [UInt8]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return nil }
    return FileManager.default.contents(atPath: path).map { Array($0) }
  }
}
