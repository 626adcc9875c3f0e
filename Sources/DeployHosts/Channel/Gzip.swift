import CZlib
import DeployCore
import DeployModel
import Glibc

/// Compresses with zlib. The same input always gives the same output, because the output contains no name and no time.
enum Gzip {
  /// Compresses a small amount of data in one call.
  /// - Returns: the result, or nil if there is not enough memory or the result would not be shorter.
  static func packed(_ bytes: [UInt8], level: Int32 = 9) -> [UInt8]? {
    var stream = z_stream()
    // 31 stands for the largest window, with gzip's header and trailer.
    guard deflateInit2_(&stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return nil }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    let written: Int? = input.withUnsafeMutableBufferPointer { from in
      output.withUnsafeMutableBufferPointer { to in
        stream.next_in = from.baseAddress
        stream.avail_in = UInt32(from.count)
        stream.next_out = to.baseAddress
        stream.avail_out = UInt32(to.count)
        return deflate(&stream, Z_FINISH) == Z_STREAM_END ? to.count - Int(stream.avail_out) : nil
      }
    }
    guard let written, written < bytes.count else { return nil }
    return Array(output.prefix(written))
  }

  /// The number of bytes that are compressed and written in one step.
  private static let stride = 1 << 18

  /// Writes `size` bytes, compressed at the fastest level, into a new file.
  /// - Throws: if the file cannot be written.
  static func pack(_ source: any ByteSource, size: Int, into path: String) throws(Failure) {
    var stream = z_stream()
    guard deflateInit2_(&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK,
      let file = fopen(path, "wxe")
    else { throw Temporary.failure("\(path) cannot be written") }
    defer {
      deflateEnd(&stream)
      fclose(file)
    }
    var input = [UInt8](repeating: 0, count: stride)
    var output = [UInt8](repeating: 0, count: stride)
    var at = 0
    repeat {
      let count = min(stride, size - at)
      input.withUnsafeMutableBytes { source.read(from: at, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<count])) }
      at += count
      let written = input.withUnsafeMutableBufferPointer { from in
        stream.next_in = from.baseAddress
        stream.avail_in = UInt32(count)
        return step(&stream, at == size ? Z_FINISH : Z_NO_FLUSH, through: &output, to: file)
      }
      guard written else { throw Temporary.failure("\(path) cannot be written") }
    } while at < size
    guard fflush(file) == 0 else { throw Temporary.failure("\(path) cannot be written") }
  }

  /// Compresses the stream's input and writes the result. Returns false if it cannot be written.
  private static func step(
    _ stream: inout z_stream, _ flush: Int32, through output: inout [UInt8], to file: UnsafeMutablePointer<FILE>
  )
    -> Bool
  {
    output.withUnsafeMutableBufferPointer { to in
      repeat {
        stream.next_out = to.baseAddress
        stream.avail_out = UInt32(to.count)
        deflate(&stream, flush)
        let count = to.count - Int(stream.avail_out)
        guard fwrite(to.baseAddress, 1, count, file) == count else { return false }
      } while stream.avail_out == 0
      return true
    }
  }
}
