import DeployCore
import Glibc

/// A content in an open blob or volume. It can be read even after its file was removed.
struct StoredContent: ByteSource {
  let file: OpenFile
  /// The offset in the file at which the content begins.
  let start: Int
  /// The number of bytes of the content.
  let size: Int

  func read(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
    var done = 0
    while offset + done < size, done < buffer.count {
      let wanted = min(buffer.count - done, size - offset - done)
      let got = pread(file.descriptor, buffer.baseAddress.map { $0 + done }, wanted, off_t(start + offset + done))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { break }
      done += got
    }
    UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).initializeMemory(as: UInt8.self, repeating: 0)
  }
}
