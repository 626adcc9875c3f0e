import DeployModel
import Foundation
import Glibc

/// Reads and writes one value in a file of the state folder. The file is replaced as a whole and made durable, so that the newest value is
/// found even after a crash.
enum StateFile {
  /// The largest size of the file in bytes. A train of a thousand groups needs far less.
  private static let most = 4 << 20

  /// Reads the value, or returns nil if there is no file or it cannot be read.
  static func read<T: Decodable>(_ path: String, as type: T.Type) -> T? {
    guard let text = try? Folder.text(at: path, most: most) else { return nil }
    return try? JSONDecoder().decode(type, from: Data(text.utf8))
  }

  /// Writes the value. - Parameter onlyIfNone: whether an existing file is kept.
  /// - Returns: false if a file existed and was kept; otherwise true.
  /// - Throws: if the file cannot be written.
  @discardableResult
  static func write(_ value: some Encodable, to path: String, onlyIfNone: Bool = false) throws(Problems) -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { throw unwritable(path) }
    let part = "\(path).\(getpid())"
    let file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw unwritable(part) }
    let isWhole = data.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) } == data.count && fsync(file) == 0
    close(file)
    if isWhole, onlyIfNone {
      defer { unlink(part) }
      if link(part, path) != 0, errno == EEXIST { return false }
    }
    guard isWhole, onlyIfNone || rename(part, path) == 0 else {
      let problems = unwritable(path)
      unlink(part)
      throw problems
    }
    let folder = open(Folder.parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
    return true
  }

  /// Returns the problem that a file cannot be written. It contains the given error, which by default is the system's last one.
  static func unwritable(_ path: String, _ code: Int32 = errno) -> Problems {
    Problems(
      Problem(
        "\(path) cannot be written: \(String(cString: strerror(code)))", fix: "check permissions and free space of the state folder"),
      exit: .infrastructure)
  }
}
