import DeployGround
import DeployModel
import Glibc

/// A folder on this machine that exists, and is locked, for the duration of one operation. If an engine was killed, nobody holds the lock
/// of its folder any more. The next engine recognises the folder by that and removes it.
struct TemporaryFolder {
  let path: String
  private let lock: Int32

  private static let prefix = "lander-temporary-"
  /// The age in seconds below which a folder is not removed, because it might be about to be locked.
  private static let grace = 60

  /// - Throws: if no folder can be made.
  init() throws(Failure) {
    _ = Self.swept
    var template = Array("\(Self.base)/\(Self.prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Temporary.failure("no temporary folder can be made in \(Self.base)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    lock = Self.hold(path) ?? -1
  }

  /// Removes the folder and the files in it.
  func remove() {
    Self.remove(path)
    if lock >= 0 { close(lock) }
  }

  private static func remove(_ folder: String) {
    if let names = try? Temporary.entries(of: folder) { for name in names { unlink("\(folder)/\(name)") } }
    rmdir(folder)
  }

  /// Locks a folder. The lock ends when the descriptor is closed or the process ends. Returns nil if another process has the lock or the
  /// folder does not belong to this user.
  private static func hold(_ folder: String) -> Int32? {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), FileLock.take(descriptor) else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private static let base = getenv("TMPDIR").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
  /// Removes old folders. The first access runs this, once in a process.
  private static let swept: Void = sweep(base)

  /// Removes the folders that this user's engines left when they were killed.
  static func sweep(_ base: String) {
    for name in (try? Temporary.entries(of: base, prefix: prefix)) ?? [] {
      let folder = "\(base)/\(name)"
      var status = stat()
      guard lstat(folder, &status) == 0, time(nil) - status.st_mtim.tv_sec > grace, let lock = hold(folder) else { continue }
      remove(folder)
      close(lock)
    }
  }
}
