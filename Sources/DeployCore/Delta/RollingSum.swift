/// A checksum of the bytes in a window of fixed length, which moves forward byte by byte. Different bytes can have the same checksum.
struct RollingSum {
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// What the byte that leaves the window is multiplied with.
  private let last: UInt64
  let length: Int

  init(length: Int) {
    self.length = length
    var power: UInt64 = 1
    for _ in 1..<length { power &*= Self.factor }
    last = power
  }

  /// Returns the checksum of the `length` bytes from an address on. `length` is a multiple of 8.
  func sum(_ bytes: UnsafeRawPointer) -> UInt64 {
    let f1 = Self.factor
    let f2 = f1 &* f1
    let f3 = f2 &* f1
    let f4 = f2 &* f2
    var sum: UInt64 = 0
    var at = 0
    // Four bytes at a time, because the processor then multiplies them at the same time.
    while at < length {
      let (a, b) = (value(bytes, at) &* f3, value(bytes, at + 1) &* f2)
      let (c, d) = (value(bytes, at + 2) &* f1, value(bytes, at + 3))
      sum = sum &* f4 &+ (a &+ b &+ (c &+ d))
      at += 4
    }
    return sum
  }

  /// Returns the checksum after the window has moved by one byte.
  @inline(__always)
  func moved(_ sum: UInt64, out: UInt8, in new: UInt8) -> UInt64 {
    (sum &- UInt64(out) &* last) &* Self.factor &+ UInt64(new)
  }

  @inline(__always)
  private func value(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(bytes.load(fromByteOffset: offset, as: UInt8.self))
  }
}

/// The positions of blocks, by their checksums. Of several blocks with the same checksum it has the first.
struct BlockIndex {
  private var sums: [UInt64]
  /// One more than the number of the block, or 0.
  private var blocks: [UInt32]
  private let shift: UInt64

  /// - Parameter most: the largest number of blocks.
  init(most: Int) {
    var bits: UInt64 = 4
    while 1 << bits < most * 2 { bits += 1 }
    shift = 64 - bits
    sums = [UInt64](repeating: 0, count: 1 << bits)
    blocks = [UInt32](repeating: 0, count: 1 << bits)
  }

  private func slot(_ sum: UInt64) -> Int { Int(truncatingIfNeeded: (sum &* 0xD6E8_FEB8_6659_FD93) >> shift) }

  mutating func add(_ sum: UInt64, block: Int) {
    var slot = slot(sum)
    while blocks[slot] != 0 {
      if sums[slot] == sum { return }
      slot = (slot + 1) & (sums.count - 1)
    }
    sums[slot] = sum
    blocks[slot] = UInt32(block + 1)
  }

  /// Returns the number of the block with this checksum, or nil if there is none.
  @inline(__always)
  func block(_ sum: UInt64) -> Int? {
    var slot = slot(sum)
    while blocks[slot] != 0 {
      if sums[slot] == sum { return Int(blocks[slot]) - 1 }
      slot = (slot + 1) & (sums.count - 1)
    }
    return nil
  }
}
