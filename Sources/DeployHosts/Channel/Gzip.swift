import CZlib

/// Compresses a short text with zlib. The same input always gives the same output, because the output contains no name and no time.
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
}
