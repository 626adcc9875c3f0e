/// A content of which one part is in memory at a time.
final class ContentWindow {
  /// The number of bytes that are in memory.
  static let capacity = 1 << 20

  let size: Int
  private let source: any ByteSource
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ContentWindow.capacity, alignment: 64)
  private var held = 0..<0

  init(_ source: any ByteSource, size: Int) {
    self.source = source
    self.size = size
  }

  deinit { buffer.deallocate() }

  /// Returns the bytes that are in memory from an offset on. It reads if there are fewer than `least`. The bytes are valid until the next
  /// call.
  /// - Parameter least: at most `capacity`. At the end of the content there can be fewer bytes.
  func bytes(from start: Int, least: Int = 1) -> UnsafeRawBufferPointer {
    if !held.contains(start) || held.upperBound - start < min(least, size - start) {
      held = start..<min(size, start + Self.capacity)
      source.read(from: start, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<held.count]))
    }
    return UnsafeRawBufferPointer(rebasing: buffer[(start - held.lowerBound)..<held.count])
  }

  /// Returns the bytes of a range that is not longer than `capacity`.
  private func bytes(in range: Range<Int>) -> UnsafeRawBufferPointer {
    if held.lowerBound > range.lowerBound || held.upperBound < range.upperBound {
      // The reader goes backward, so the bytes before the range are needed next.
      held = max(0, range.upperBound - Self.capacity)..<range.upperBound
      source.read(from: held.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<held.count]))
    }
    return UnsafeRawBufferPointer(rebasing: buffer[(range.lowerBound - held.lowerBound)..<(range.upperBound - held.lowerBound)])
  }

  /// Returns a copy of a part.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { room, filled in
      source.read(
        from: range.lowerBound, into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[..<range.count]))
      filled = range.count
    }
  }

  /// Returns how many bytes are the same from an offset in this content and an offset in another content on.
  func commonBeginning(_ start: Int, _ other: ContentWindow, _ otherStart: Int, upTo limit: Int) -> Int {
    var done = 0
    while done < limit {
      let (mine, theirs) = (bytes(from: start + done), other.bytes(from: otherStart + done))
      let count = min(mine.count, theirs.count, limit - done)
      let same = Self.sameAtBeginning(mine, theirs, count)
      done += same
      if same < count { break }
    }
    return done
  }

  /// Returns how many bytes are the same before an offset in this content and an offset in another content.
  func commonEnd(_ end: Int, _ other: ContentWindow, _ otherEnd: Int, upTo limit: Int) -> Int {
    var done = 0
    while done < limit {
      let count = min(Self.capacity / 2, limit - done)
      let (mineEnd, theirsEnd) = (end - done, otherEnd - done)
      let same = Self.sameAtEnd(bytes(in: mineEnd - count..<mineEnd), other.bytes(in: theirsEnd - count..<theirsEnd), count)
      done += same
      if same < count { break }
    }
    return done
  }

  private static func sameAtBeginning(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer, _ count: Int) -> Int {
    guard count > 0, let one = one.baseAddress, let other = other.baseAddress else { return 0 }
    var at = 0
    // Four words at a time, so that there is one branch for 32 bytes.
    while at + 32 <= count {
      var differing: UInt64 = 0
      for word in 0..<4 { differing |= word64(one, at + word * 8) ^ word64(other, at + word * 8) }
      if differing != 0 { break }
      at += 32
    }
    while at < count, one.load(fromByteOffset: at, as: UInt8.self) == other.load(fromByteOffset: at, as: UInt8.self) { at += 1 }
    return at
  }

  private static func sameAtEnd(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer, _ count: Int) -> Int {
    guard count > 0, let one = one.baseAddress, let other = other.baseAddress else { return 0 }
    var at = count
    while at >= 32 {
      var differing: UInt64 = 0
      for word in 1...4 { differing |= word64(one, at - word * 8) ^ word64(other, at - word * 8) }
      if differing != 0 { break }
      at -= 32
    }
    while at > 0, one.load(fromByteOffset: at - 1, as: UInt8.self) == other.load(fromByteOffset: at - 1, as: UInt8.self) { at -= 1 }
    return count - at
  }

  @inline(__always)
  private static func word64(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}
