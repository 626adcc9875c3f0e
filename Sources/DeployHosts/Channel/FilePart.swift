import DeployCore
import DeployModel
import Glibc

/// A file on this machine that stays open while it is read, no matter what happens to its name.
final class PackFile: ByteSource {
  private let descriptor: Int32
  /// The number of bytes that the file had when it was opened.
  let size: Int

  /// - Throws: if the file cannot be opened.
  init(_ path: String) throws(Failure) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Temporary.failure("\(path) cannot be read") }
    var status = stat()
    size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }
  deinit { close(descriptor) }

  func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer) {
    var done = 0
    while done < buffer.count {
      let got = pread(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(start + done))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { break }
      done += got
    }
    UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).initializeMemory(as: UInt8.self, repeating: 0)
  }
}

/// A part of a file that a channel sends. The part is read only when the other side is ready to accept it, so that it occupies no memory
/// before that.
struct FilePart: Sendable {
  let source: any ByteSource
  let offset: Int
  let count: Int
}
