import DeployGround
import DeployModel
import Glibc

/// An open file. It is closed when its last reference goes away.
final class OpenFile: Sendable {
  let descriptor: Int32
  let path: String

  /// - Parameters:
  ///   - flags: the flags of `open(2)`. Close-on-exec is always added, so that no child process inherits the file. With `O_NONBLOCK`, the
  ///     caller itself has to check what was opened.
  ///   - waits: whether the file is allowed to be a pipe, in which case the initializer waits for the pipe's other end. If false, a pipe or
  ///     a device in the file's place is a failure.
  init(_ path: String, _ flags: Int32, mode: mode_t = 0o600, waits: Bool = false) throws(Failure) {
    descriptor = open(path, flags | O_CLOEXEC | (waits ? 0 : O_NONBLOCK), mode)
    self.path = path
    guard descriptor >= 0 else {
      // This is the error for a pipe that nobody reads, and for a socket.
      if errno == ENXIO { throw Self.misplaced(path) }
      throw Disk.failure(flags & O_CREAT == 0 ? "open" : "create", path)
    }
    if !waits, flags & O_NONBLOCK == 0, case .other = try status().kind { throw Self.misplaced(path) }
  }

  private static func misplaced(_ path: String) -> Failure {
    Failure(
      .invalid, "\(path) is a pipe, a socket or a device, and a file belongs there", fix: "look at it, then move it away: ls -l '\(path)'")
  }

  deinit { close(descriptor) }

  func status() throws(Failure) -> FileStatus {
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { throw Disk.failure("look at", path) }
    return FileStatus(info)
  }

  /// Reads the next bytes, at least one. Returns nil at the end.
  func read(upTo count: Int) throws(Failure) -> [UInt8]? {
    var code: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while true {
        let got = Glibc.read(descriptor, buffer.baseAddress, count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { code = errno } else { filled = got }
        return
      }
    }
    guard code == 0 else { throw Disk.failure("read", path, code) }
    return chunk.isEmpty ? nil : chunk
  }

  /// Reads exactly `count` bytes from `offset` on, or fewer at the end of the file.
  func read(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let got = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { code = errno }
        if got <= 0 { return }
        filled += got
      }
    }
    guard code == 0 else { throw Disk.failure("read", path, code) }
    return bytes
  }

  func write(_ bytes: [UInt8]) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done) }
      if put < 0, errno == EINTR { continue }
      guard put >= 0 else { throw Disk.failure("write", path) }
      done += put
    }
  }

  /// Writes at an offset. If the file ends before the offset, this leaves a hole.
  func write(_ bytes: [UInt8], at offset: Int) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done)) }
      if put < 0, errno == EINTR { continue }
      guard put >= 0 else { throw Disk.failure("write", path) }
      done += put
    }
  }

  func sync() throws(Failure) {
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw Disk.failure("sync", path) }
  }

  /// Takes an advisory lock, which the kernel releases when this process ends for any reason.
  /// - Returns: false if another process holds a conflicting lock.
  func lock(exclusive: Bool) -> Bool { FileLock.take(descriptor, exclusive: exclusive) }
}
