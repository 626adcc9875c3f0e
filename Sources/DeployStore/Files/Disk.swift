import DeployGround
import DeployModel
import Glibc

/// System calls for files, with failures in words. Paths are used literally.
enum Disk {
  /// Makes the failure of a call that set `errno`: what was tried, on which path, and why it failed.
  static func failure(_ what: String, _ path: String, _ code: Int32 = errno) -> Failure {
    let kind: Failure.Kind =
      switch code {
      case ENOENT, ENOTDIR: .missing
      case EACCES, EPERM, EROFS: .notPermitted
      case ENOSPC, EDQUOT, EFBIG: .noSpace
      default: .store
      }
    let fix: String? =
      switch code {
      case ENOSPC, EDQUOT: "free some space on the file system of \(path)"
      case EFBIG: "raise the limit of the size of files: ulimit -f unlimited"
      case EACCES, EPERM: "let the user who runs lander read and write it: ls -ld '\(path)'"
      case EROFS: "the file system is read-only; choose another folder with --state"
      default: nil
      }
    return Failure(kind, "cannot \(what) \(path): \(reason(code))", fix: fix)
  }

  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// Creates a folder and any missing folders above it, each with `mode`. An existing folder is not changed.
  static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(Failure) {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw failure("make the folder", path) }
    try makeFolder(String(path[..<slash]), mode: mode)
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw failure("make the folder", path) }
  }

  /// Reads a whole file.
  /// - Parameters:
  ///   - limit: the limit in bytes. A longer file is a failure.
  ///   - waits: whether the file is allowed to be a pipe. If it is a pipe, the function waits for the pipe's writer. If false, only a
  ///     regular file is read.
  static func read(_ path: String, limit: Int = 1 << 30, waits: Bool = false) throws(Failure) -> [UInt8] {
    let file = try OpenFile(path, O_RDONLY | (waits ? 0 : O_NONBLOCK), waits: waits)
    let status = try file.status()
    guard waits || status.kind == .file else { throw Failure(.invalid, "\(path) is no regular file") }
    let size = status.size
    guard size <= limit else { throw Failure(.invalid, "\(path) has \(size) bytes, more than the \(limit) allowed here") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(max(0, min(size, limit)))
    while let chunk = try file.read(upTo: 1 << 20), bytes.count <= limit { bytes.append(contentsOf: chunk) }
    return bytes
  }

  /// Writes a file so that, even after a loss of power, either the complete new file is in place or the path is unchanged. The file is
  /// first written under another name, and is then synced and renamed.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600, isDurable: Bool = true) throws(Failure) {
    let temporary = temporaryName(for: path)
    do throws(Failure) {
      let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
      try file.write(bytes)
      if isDurable { try file.sync() }
      try move(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
    if isDurable, let slash = path.lastIndex(of: "/") { try syncFolder(String(path[..<slash])) }
  }

  /// Returns a path in the same folder that no other process or thread uses. If a file is left behind at this path, its name shows what it
  /// is.
  static func temporaryName(for path: String) -> String { "\(path).\(getpid()).\(UInt64.random(in: 0 ... .max)).tmp" }

  static func move(_ from: String, to path: String) throws(Failure) {
    guard rename(from, path) == 0 else { throw failure("put in place", path) }
  }

  /// Makes the renames in a folder durable.
  static func syncFolder(_ path: String) throws(Failure) { try OpenFile(path, O_RDONLY | O_DIRECTORY).sync() }

  /// Returns the path with all links followed, or nil if there is no such file.
  static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(validatingCString: real)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Returns the status of a path, or of the link itself if the path is a link. Returns nil if nothing is there or its status cannot be
  /// read.
  static func status(_ path: String) -> FileStatus? {
    var info = stat()
    return lstat(path, &info) == 0 ? FileStatus(info) : nil
  }

  /// Returns the names in a folder, in the order of their bytes, without `.` and `..`. Names are bytes, because they need not be text.
  static func names(in folder: String) throws(Failure) -> [[UInt8]] {
    do throws(SystemError) { return try FolderNames.read(folder) } catch { throw failure("read the folder", folder, error.code) }
  }

  /// Returns the names in a folder as strings, for folders in which Lander chooses the names. The list is empty if the folder is missing.
  static func ownNames(in folder: String) -> [String] {
    ((try? names(in: folder)) ?? []).map { String(decoding: $0, as: UTF8.self) }
  }

  static func linkTarget(_ path: String) throws(Failure) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count >= 0 else { throw failure("read the link", path) }
    return buffer.prefix(count).map { UInt8(bitPattern: $0) }
  }

  /// Removes a folder with its contents, or a file. Does nothing if the path does not exist.
  static func remove(_ path: String) throws(Failure) {
    guard let status = status(path) else { return }
    if status.kind == .directory {
      for name in ownNames(in: path) { try remove("\(path)/\(name)") }
      guard rmdir(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    } else {
      guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }
  }
}

/// The result of `stat` for a file.
struct FileStatus {
  enum Kind: Equatable {
    case file, directory, link
    case other(String)
  }
  var kind: Kind
  /// The permission bits, from 0 to 0o7777.
  var mode: Int
  var size: Int
  var owner: Int
  var modified: Timestamp

  init(_ info: stat) {
    kind =
      switch info.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .directory
      case S_IFLNK: .link
      case S_IFIFO: .other("a named pipe")
      case S_IFSOCK: .other("a socket")
      default: .other("a device node")
      }
    mode = Int(info.st_mode & 0o7777)
    size = Int(info.st_size)
    owner = Int(info.st_uid)
    modified = Timestamp(milliseconds: info.st_mtim.tv_sec.times(1000).plus(info.st_mtim.tv_nsec / 1_000_000))
  }
}
