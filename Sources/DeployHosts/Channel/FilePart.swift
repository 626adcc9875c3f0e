import Glibc

/// A part of a file of this machine on its way into a channel: read when the other side takes it, so that nothing waits in memory.
final class FilePart: Sendable {
  private let descriptor: Int32
  let offset: Int
  let count: Int

  /// - Parameter file: stays open for as long as the part is there, whatever becomes of this descriptor; nil if there is no other one.
  init?(of file: Int32, offset: Int, count: Int) {
    descriptor = fcntl(file, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
    self.offset = offset
    self.count = count
  }
  deinit { close(descriptor) }

  /// Bytes from so far into the part, at most as many as there is room for. What the file does not have any more comes as zeros: the other
  /// side was told how many bytes there are, and compares them with a digest.
  func read(from start: Int, into buffer: inout [UInt8]) -> Int {
    let wanted = min(buffer.count, count - start)
    let got = buffer.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(offset + start)) }
    guard got < wanted else { return wanted }
    for index in max(0, got)..<wanted { buffer[index] = 0 }
    return wanted
  }
}
