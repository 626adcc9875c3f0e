/// The search for parts of an old content in the middle of a new content, where they can be at other offsets.
struct MovedParts {
  let old: ContentWindow
  let new: ContentWindow
  /// The part of the old content between the common beginning and the common end.
  let oldMiddle: Range<Int>
  let newMiddle: Range<Int>
  /// If there are more bytes of data, the search gives up.
  let mostData: Int

  /// The smallest length of a block, in bytes.
  static let block = 8 << 10
  /// The largest number of blocks in the index. If the old content has more, the blocks are longer.
  private static let mostBlocks = 1 << 16
  /// The number of blocks that turn out to be different although their checksums are the same, after which the search gives up.
  private static let mostMistakes = 64

  /// Adds the pieces of the new middle.
  /// - Parameter indexing: the number of bytes of old contents that may still be read for an index.
  /// - Returns: whether the limits suffice.
  mutating func find(_ made: inout PieceList, indexing: inout Int) -> Bool {
    var length = Self.block
    while oldMiddle.count / length > Self.mostBlocks { length *= 2 }
    guard newMiddle.count > length, oldMiddle.count >= length, oldMiddle.count <= indexing else {
      made.takeNew(newMiddle)
      return true
    }
    indexing -= oldMiddle.count
    let roll = RollingSum(length: length)
    let index = index(roll)
    var (at, pending, shift, mistakes) = (newMiddle.lowerBound, newMiddle.lowerBound, 0, 0)
    while at + length <= newMiddle.upperBound {
      guard let hit = next(from: at, roll, index, allowed: mostData - made.dataCount - (at - pending)) else { return false }
      at = hit.at
      guard let block = hit.block else { continue }
      guard let match = match(at: at, block * length + oldMiddle.lowerBound, shift, length) else {
        at += 1
        mistakes += 1
        guard mistakes < Self.mostMistakes else { return false }
        continue
      }
      // The bytes before a block can be the same too.
      let before = old.commonEnd(match.old, new, at, upTo: min(length, at - pending, match.old))
      made.takeNew(pending..<at - before)
      made.takeOld(match.old - before, match.count + before)
      shift = match.old - at
      at += match.count
      pending = at
      guard made.pieces != nil else { return false }
    }
    made.takeNew(pending..<newMiddle.upperBound)
    return made.dataCount <= mostData
  }

  private func index(_ roll: RollingSum) -> BlockIndex {
    let count = oldMiddle.count / roll.length
    var index = BlockIndex(most: count)
    for block in 0..<count {
      let bytes = old.bytes(from: oldMiddle.lowerBound + block * roll.length, least: roll.length)
      guard let address = bytes.baseAddress, bytes.count >= roll.length else { break }
      index.add(roll.sum(address), block: block)
    }
    return index
  }

  /// Moves forward in the new middle until a block of the index begins there, or until the window in memory ends.
  /// - Returns: where the search has come to, with the block that begins there, or nil if more bytes were passed than `allowed`.
  private func next(from start: Int, _ roll: RollingSum, _ index: BlockIndex, allowed: Int) -> (at: Int, block: Int?)? {
    let bytes = new.bytes(from: start, least: roll.length)
    let count = min(bytes.count, newMiddle.upperBound - start)
    guard let address = bytes.baseAddress, count >= roll.length else { return nil }
    let last = min(count - roll.length, allowed)
    var sum = roll.sum(address)
    var at = 0
    while true {
      if let block = index.block(sum) { return (start + at, block) }
      guard at < last else { break }
      sum = roll.moved(
        sum, out: address.load(fromByteOffset: at, as: UInt8.self), in: address.load(fromByteOffset: at + roll.length, as: UInt8.self))
      at += 1
    }
    return at >= allowed ? nil : (start + at + 1, nil)
  }

  /// Compares the new content with the old one.
  /// - Parameters:
  ///   - candidate: the offset in the old content of the block that has the same checksum.
  ///   - shift: the distance between the last part that was found and its place in the old content. Where contents repeat themselves, the
  ///     old content usually continues at the same distance.
  private func match(at start: Int, _ candidate: Int, _ shift: Int, _ length: Int) -> (old: Int, count: Int)? {
    for from in start + shift == candidate ? [candidate] : [start + shift, candidate] where from >= 0 && from < old.size {
      let count = old.commonBeginning(from, new, start, upTo: min(old.size - from, newMiddle.upperBound - start))
      if count >= length { return (from, count) }
    }
    return nil
  }
}
