import DeployCore
import Testing

@Suite("A new content, made from an old one and from new data")
struct ContentDeltaTests {
  private struct Bytes: ByteSource {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer) {
      bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + buffer.count])) }
    }
  }

  private struct Chance: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state ^ (state >> 31)) &* 0x9E37_79B9_7F4A_7C15
    }
    mutating func bytes(_ count: Int) -> [UInt8] {
      let words = (0...count / 8).map { _ in next() }
      return words.withUnsafeBytes { Array($0.prefix(count)) }
    }
  }

  private func delta(_ old: [UInt8], _ new: [UInt8], _ adjust: (inout ContentDelta.Budget) -> Void = { _ in }) -> ContentDelta? {
    var budget = ContentDelta.Budget()
    adjust(&budget)
    return ContentDelta(from: Bytes(old), size: old.count, to: Bytes(new), size: new.count, budget: &budget)
  }

  private func applied(_ delta: ContentDelta, to old: [UInt8]) -> [UInt8] {
    delta.pieces.reduce(into: []) { made, piece in
      switch piece {
      case .old(let offset, let count): made += old[offset..<offset + count]
      case .new(let offset, let count): made += delta.data[offset..<offset + count]
      }
    }
  }

  private func edited(_ old: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var new = old
    for _ in 0...Int.random(in: 0...6, using: &chance) {
      let at = Int.random(in: 0...new.count, using: &chance)
      let part = at..<at + min(Int.random(in: 0...30_000, using: &chance), new.count - at)
      switch Int.random(in: 0...4, using: &chance) {
      case 0: new.insert(contentsOf: chance.bytes(Int.random(in: 0...20_000, using: &chance)), at: at)
      case 1: new.removeSubrange(part)
      case 2: new.replaceSubrange(part, with: chance.bytes(part.count))
      case 3:
        let moved = Array(new[part])
        new.removeSubrange(part)
        new.insert(contentsOf: moved, at: Int.random(in: 0...new.count, using: &chance))
      default: new.replaceSubrange(part, with: [UInt8](repeating: 0, count: part.count))
      }
    }
    return new
  }

  @Test("after a thousand random edits, whatever delta there is makes the new content and keeps the limits")
  func random() {
    var chance = Chance(state: 20_261)
    var found = 0
    for number in 0..<1000 {
      let old = number % 9 == 0 ? [UInt8](repeating: 7, count: 100_000) : chance.bytes(Int.random(in: 0...250_000, using: &chance))
      let new = edited(old, &chance)
      guard let delta = delta(old, new) else { continue }
      found += 1
      #expect(applied(delta, to: old) == new, "case \(number)")
      #expect(delta.data.count <= new.count / 2 && delta.pieces.count <= ContentDelta.mostPieces, "case \(number)")
      #expect(delta.pieces.allSatisfy { $0.count > 0 }, "case \(number)")
      #expect(delta == self.delta(old, new), "case \(number) comes out differently the second time")
    }
    #expect(found > 600, "\(found)")
  }

  @Test("one changed byte is one byte of data, and an inserted one too, over windows and blocks")
  func oneByte() {
    var chance = Chance(state: 3)
    let old = chance.bytes(3_500_000)
    for at in [0, 1, 31, 8191, 1 << 20, (1 << 20) - 1, 2_222_222, old.count - 1] {
      var changed = old
      changed[at] ^= 1
      let one = delta(old, changed)
      #expect(one?.data == [changed[at]], "\(at)")
      var longer = old
      longer.insert(~old[at], at: at)
      let two = delta(old, longer)
      #expect(two?.data.count == 1 && two.map { applied($0, to: old) } == longer, "\(at)")
    }
    let swapped = Array(old[1_000_000...] + old[..<1_000_000])
    #expect(delta(old, swapped).map { $0.data.isEmpty && $0.pieces.count == 2 && applied($0, to: old) == swapped } == true)
    let part = Array(old[100..<2_000_000])
    #expect(delta(old, part).map { $0.data.isEmpty && applied($0, to: old) == part } == true)
  }

  @Test("there is no delta if most is new, if the edits are too many, or if the budget does not suffice")
  func limits() {
    var chance = Chance(state: 4)
    let old = chance.bytes(2_000_000)
    #expect(delta(old, chance.bytes(2_000_000)) == nil)
    #expect(delta(old, []) == nil && delta([], old) == nil)
    var half = old
    half.replaceSubrange(300_000..<1_300_000, with: chance.bytes(1_000_000))
    #expect(delta(old, half)?.data.count == 1_000_000)
    #expect(delta(old, half) { $0.data = 999_999 } == nil)
    half.replaceSubrange(1_300_000..<1_300_001, with: [~old[1_300_000]])
    #expect(delta(old, half) == nil)
    func edits(_ number: Int) -> [UInt8] {
      var new = old
      for edit in 0..<number { new[10_000 + edit * 50_000] ^= 1 }
      return new
    }
    #expect(delta(old, edits(31))?.pieces.count == 63)
    #expect(delta(old, edits(33)) == nil)
    #expect(delta(old, edits(31)) { $0.pieces = 62 } == nil)
    #expect(delta(old, edits(2)) { $0.indexed = 1000 }?.data.count == 50_001, "without an index, all between the edits is data")
    var budget = ContentDelta.Budget()
    _ = ContentDelta(from: Bytes(old), size: old.count, to: Bytes(edits(2)), size: old.count, budget: &budget)
    #expect(budget.data == (8 << 20) - 2 && budget.pieces == 2043 && budget.indexed < 1 << 30)
  }
}
