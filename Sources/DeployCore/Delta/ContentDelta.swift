/// How a content is made from an older content and from new data. The bytes of the new content that the old content lacks are the data.
package struct ContentDelta: Sendable, Hashable {
  /// A part of the new content. The parts follow one another without gaps.
  package enum Piece: Sendable, Hashable {
    /// A part of the old content.
    case old(offset: Int, count: Int)
    /// A part of the data.
    case new(offset: Int, count: Int)

    /// The number of bytes.
    package var count: Int {
      switch self {
      case .old(_, let count), .new(_, let count): count
      }
    }
  }

  package let pieces: [Piece]
  package let data: [UInt8]

  /// What the deltas of one release may still use. The limits bound memory, time and the number of programs that a host starts. They count
  /// bytes and pieces rather than seconds, so that the same contents always give the same deltas.
  package struct Budget: Sendable, Hashable {
    /// The number of bytes of data.
    package var data = 8 << 20
    package var pieces = 2048
    /// The number of bytes of old contents in which parts are searched that have moved.
    package var indexed = 1 << 30
    package init() {}
  }

  /// The largest number of pieces of one delta.
  package static let mostPieces = 64

  /// Compares two contents.
  ///
  /// It reads the contents in windows, so the memory does not depend on their sizes. If a content cannot be read, the delta gives something
  /// else than the new content. So whoever applies the delta has to compare the result with the digest of the new content.
  /// - Parameter budget: a delta that is returned is taken off. A search is taken off even if it finds nothing.
  /// - Returns: nil if the data would be more than half of the new content, or if the budget does not suffice.
  package init?(from old: any ByteSource, size oldSize: Int, to new: any ByteSource, size newSize: Int, budget: inout Budget) {
    guard oldSize > 0, newSize > 0 else { return nil }
    let most = min(budget.data, newSize / 2)
    let (old, new) = (ContentWindow(old, size: oldSize), ContentWindow(new, size: newSize))
    let begin = old.commonBeginning(0, new, 0, upTo: min(oldSize, newSize))
    let end = old.commonEnd(oldSize, new, newSize, upTo: min(oldSize, newSize) - begin)
    var made = PieceList(most: min(Self.mostPieces, budget.pieces))
    made.takeOld(0, begin)
    var search = MovedParts(old: old, new: new, oldMiddle: begin..<oldSize - end, newMiddle: begin..<newSize - end, mostData: most)
    guard search.find(&made, indexing: &budget.indexed) else { return nil }
    made.takeOld(oldSize - end, end)
    guard let pieces = made.pieces, made.dataCount <= most else { return nil }
    self.pieces = pieces
    data = made.ranges.flatMap { new.bytes($0) }
    budget.data -= data.count
    budget.pieces -= pieces.count
  }
}

/// The pieces of a delta while it is made.
struct PieceList {
  /// The largest number of pieces.
  let most: Int
  private var list: [ContentDelta.Piece] = []
  /// The parts of the new content that become the data.
  private(set) var ranges: [Range<Int>] = []
  private(set) var dataCount = 0

  init(most: Int) { self.most = most }

  /// The pieces, or nil if there are too many.
  var pieces: [ContentDelta.Piece]? { list.count <= most ? list : nil }

  mutating func takeOld(_ offset: Int, _ count: Int) {
    guard count > 0 else { return }
    if case .old(let start, let before) = list.last, start + before == offset {
      list[list.count - 1] = .old(offset: start, count: before + count)
    } else {
      list.append(.old(offset: offset, count: count))
    }
  }

  /// - Parameter range: the part of the new content.
  mutating func takeNew(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    list.append(.new(offset: dataCount, count: range.count))
    ranges.append(range)
    dataCount += range.count
  }
}
