import DeployModel

/// A stream of bytes that arrives in pieces. Readers take as many bytes from it as they need.
final class ByteStream {
  private let next: () throws(Failure) -> [UInt8]?
  private var buffer: [UInt8] = []
  private var at = 0
  /// The number of bytes that have been taken so far.
  private(set) var position = 0

  /// - Parameter next: returns the next piece, which is never empty, or nil at the end.
  init(_ next: @escaping () throws(Failure) -> [UInt8]?) { self.next = next }

  convenience init(_ file: OpenFile) {
    self.init { () throws(Failure) -> [UInt8]? in try file.read(upTo: BlobStore.chunk) }
  }

  /// Takes between one and `count` bytes. Returns nil at the end of the stream.
  func some(_ count: Int) throws(Failure) -> [UInt8]? {
    if at == buffer.count {
      guard let piece = try next() else { return nil }
      buffer = piece
      at = 0
    }
    // An archive can state a size that is larger than any number can hold.
    let end = at + min(max(0, count), buffer.count - at)
    defer {
      position += end - at
      at = end
    }
    return at == 0 && end == buffer.count ? buffer : Array(buffer[at..<end])
  }

  /// Takes exactly `count` bytes, or fewer at the end of the stream.
  func take(_ count: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, let more = try some(count - bytes.count) { bytes.append(contentsOf: more) }
    return bytes
  }

  /// Takes `count` bytes and passes them to `sink` in pieces.
  /// - Returns: false if the stream ended earlier.
  func pass(_ count: Int, to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Bool {
    var left = count
    while left > 0 {
      guard let piece = try some(left) else { return false }
      left -= piece.count
      try sink(piece)
    }
    return true
  }
}
