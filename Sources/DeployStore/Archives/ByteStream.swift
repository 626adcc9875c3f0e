import DeployModel

/// Bytes that arrive in pieces and are taken in any number.
final class ByteStream {
  private let next: () throws(Failure) -> [UInt8]?
  private var buffer: [UInt8] = []
  private var at = 0
  /// Bytes taken so far.
  private(set) var position = 0

  /// - Parameter next: returns the next piece, never an empty one; nil at the end.
  init(_ next: @escaping () throws(Failure) -> [UInt8]?) { self.next = next }

  convenience init(_ file: OpenFile) {
    self.init { () throws(Failure) -> [UInt8]? in try file.read(upTo: BlobStore.chunk) }
  }

  /// At most `count` bytes, at least one; nil at the end.
  func some(_ count: Int) throws(Failure) -> [UInt8]? {
    if at == buffer.count {
      guard let piece = try next() else { return nil }
      buffer = piece
      at = 0
    }
    // An archive may announce more bytes than any number can hold.
    let end = at + min(max(0, count), buffer.count - at)
    defer {
      position += end - at
      at = end
    }
    return at == 0 && end == buffer.count ? buffer : Array(buffer[at..<end])
  }

  /// Exactly `count` bytes; fewer only at the end.
  func take(_ count: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count, let more = try some(count - bytes.count) { bytes.append(contentsOf: more) }
    return bytes
  }

  /// Passes `count` bytes on, in pieces.
  /// - Returns: false if the stream ended before.
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
