import CZlib
import DeployModel

/// Unpacks data in zlib's formats, piece by piece.
final class Inflate {
  enum Format { case gzip, raw }
  private var stream = z_stream()
  private let format: Format
  private let source: () throws(Failure) -> [UInt8]?
  private let limits: BundleLimits
  private var input: [UInt8] = []
  private var used = 0
  private var isDone = false
  private(set) var packed = 0
  private(set) var unpacked = 0

  init(_ format: Format, limits: BundleLimits, from source: @escaping () throws(Failure) -> [UInt8]?) throws(Failure) {
    self.format = format
    self.limits = limits
    self.source = source
    let bits: Int32 = format == .gzip ? 31 : -15
    guard inflateInit2_(&stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw Failure(.internal, "zlib cannot be started")
    }
  }

  deinit { inflateEnd(&stream) }

  /// Returns the next unpacked piece, or nil at the end.
  /// - Throws: `corrupt` if the data is not packed or ends too early, or `invalid` if it unpacks to a suspiciously large number of bytes.
  func next() throws(Failure) -> [UInt8]? {
    while !isDone {
      if used == input.count, !(try refill()) { throw Failure(.corrupt, "the packed data ends in the middle") }
      let (output, status) = step()
      unpacked += output.count
      guard unpacked <= limits.ratioFrom || unpacked / max(packed, 1) <= limits.ratio else {
        throw Failure(
          .invalid, "it unpacks to more than \(limits.ratio) times its size: this looks like an archive bomb",
          fix: "give a folder instead if the content is really that uniform")
      }
      switch status {
      case Z_STREAM_END: isDone = try !goesOn()
      case Z_OK, Z_BUF_ERROR: break
      default: throw Failure(.corrupt, "the packed data is damaged" + (stream.msg.map { ": " + String(cString: $0) } ?? ""))
      }
      if !output.isEmpty { return output }
    }
    return nil
  }

  /// Whether more packed data follows. A gzip file can consist of several parts, one after the other. Zeros after the last part are
  /// padding.
  private func goesOn() throws(Failure) -> Bool {
    guard format == .gzip else { return false }
    while true {
      if used == input.count, !(try refill()) { return false }
      guard input[used] != 0 else {
        used += 1
        continue
      }
      guard inflateReset(&stream) == Z_OK else { throw Failure(.internal, "zlib cannot be started again") }
      return true
    }
  }

  private func refill() throws(Failure) -> Bool {
    guard let more = try source() else { return false }
    input = more
    used = 0
    packed += more.count
    return true
  }

  private func step() -> (output: [UInt8], status: Int32) {
    var status = Z_OK
    let capacity = 256 << 10
    let output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      input.withUnsafeMutableBufferPointer { bytes in
        stream.next_in = bytes.baseAddress.map { $0 + used }
        stream.avail_in = UInt32(bytes.count - used)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(capacity)
        status = inflate(&stream, Z_NO_FLUSH)
        used = bytes.count - Int(stream.avail_in)
        count = capacity - Int(stream.avail_out)
      }
    }
    return (output, status)
  }
}

/// Packs data as gzip, without a name or a time, so that equal data gives equal bytes. Data that would hardly get smaller, such as pictures
/// and archives, stays uncompressed, because compressing such data costs more time than it saves.
final class GzipWriter {
  private var stream = z_stream()
  private let level: Int32
  private var isPacking = true
  /// The bytes that are held back until there are enough for a test.
  private var waiting: [UInt8] = []
  private let sink: ([UInt8]) throws(Failure) -> Void
  /// The number of bytes that are tested together, and how many of them are compressed for the test.
  private static let (block, sample) = (1 << 17, 1 << 13)

  /// - Parameter level: from 1 (fast) to 9 (small).
  init(level: Int32, to sink: @escaping ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    self.level = level
    self.sink = sink
    guard deflateInit2_(&stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw Failure(.internal, "zlib cannot be started") }
  }

  deinit { deflateEnd(&stream) }

  func write(_ bytes: [UInt8]) throws(Failure) {
    waiting += bytes
    guard waiting.count >= Self.block else { return }
    let whole = waiting.count - waiting.count % Self.block
    for start in stride(from: 0, to: whole, by: Self.block) { try add(Array(waiting[start..<start + Self.block])) }
    waiting = Array(waiting[whole...])
  }
  func finish() throws(Failure) {
    try add(waiting)
    waiting = []
    try step([], Z_FINISH)
  }

  private func add(_ block: [UInt8]) throws(Failure) {
    let packs = block.count < Self.block || Self.shrinks(Array(block[(block.count - Self.sample) / 2..<(block.count + Self.sample) / 2]))
    if packs != isPacking {
      isPacking = packs
      try turn { deflateParams(&stream, packs ? level : 0, Z_DEFAULT_STRATEGY) == Z_BUF_ERROR }
    }
    try step(block, Z_NO_FLUSH)
  }

  /// Returns whether compression makes the sample smaller by at least a twentieth.
  private static func shrinks(_ sample: [UInt8]) -> Bool {
    var size = compressBound(UInt(sample.count))
    var room = [UInt8](repeating: 0, count: Int(size))
    guard compress2(&room, &size, sample, UInt(sample.count), 1) == Z_OK else { return true }
    return Int(size) < sample.count - sample.count / 20
  }

  private func step(_ bytes: [UInt8], _ flush: Int32) throws(Failure) {
    var used = 0
    var input = bytes
    try turn {
      input.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress.map { $0 + used }
        stream.avail_in = UInt32(source.count - used)
        _ = deflate(&stream, flush)
        used = source.count - Int(stream.avail_in)
        return stream.avail_out == 0
      }
    }
  }

  /// Calls `work` with new room for output until `work` needs no more room.
  private func turn(_ work: () -> Bool) throws(Failure) {
    var needsMore = true
    while needsMore {
      let capacity = 256 << 10
      let output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(capacity)
        needsMore = work()
        count = capacity - Int(stream.avail_out)
      }
      if !output.isEmpty { try sink(output) }
    }
  }
}

/// Returns the CRC-32 that zip and gzip use as their checksum.
func crc32(_ bytes: [UInt8], after checksum: UInt = 0) -> UInt {
  bytes.withUnsafeBufferPointer { CZlib.crc32(checksum, $0.baseAddress, UInt32($0.count)) }
}
