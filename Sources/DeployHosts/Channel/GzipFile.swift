import CZlib
import DeployModel
import Glibc

/// A new file that is compressed with zlib at the fastest level while it is written. The same content, in the same steps, always gives the
/// same bytes, because the file contains no name and no time.
final class GzipFile: @unchecked Sendable {
  /// The largest number of bytes that are added in one step.
  static let stride = 1 << 18

  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let file: Int32
  private let path: String
  private var input = [UInt8](repeating: 0, count: stride)
  private var output = [UInt8](repeating: 0, count: stride)
  /// The number of bytes in the file.
  private(set) var written = 0

  /// - Throws: if the file exists or cannot be made, or if there is not enough memory.
  init(_ path: String) throws(Failure) {
    self.path = path
    stream.initialize(to: z_stream())
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    // 31 stands for the largest window, with gzip's header and trailer.
    guard file >= 0,
      deflateInit2_(stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw Temporary.failure("\(path) cannot be written") }
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    if file >= 0 { close(file) }
  }

  /// Compresses the next `count` bytes, which `fill` puts into a buffer.
  /// - Throws: if they cannot be written.
  func add(_ count: Int, isLast: Bool, fill: (UnsafeMutableRawBufferPointer) -> Void) throws(Failure) {
    input.withUnsafeMutableBytes { fill(UnsafeMutableRawBufferPointer(rebasing: $0[..<count])) }
    let isDone = input.withUnsafeMutableBufferPointer { from in
      stream.pointee.next_in = from.baseAddress
      stream.pointee.avail_in = UInt32(count)
      return step(isLast ? Z_FINISH : Z_NO_FLUSH)
    }
    guard isDone else { throw Temporary.failure("\(path) cannot be written") }
  }

  /// Compresses the stream's input and writes the result. Returns false if it cannot be written.
  private func step(_ flush: Int32) -> Bool {
    output.withUnsafeMutableBytes { to in
      repeat {
        stream.pointee.next_out = to.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(to.count)
        deflate(stream, flush)
        let count = to.count - Int(stream.pointee.avail_out)
        var done = 0
        while done < count {
          let put = write(file, to.baseAddress.map { $0 + done }, count - done)
          if put < 0, errno == EINTR { continue }
          guard put > 0 else { return false }
          done += put
        }
        written += count
      } while stream.pointee.avail_out == 0
      return true
    }
  }

  /// Makes the file durable. Returns false if that fails.
  func sync() -> Bool { fsync(file) == 0 }
}
