import DeployModel

/// A random number generator that is equal in every run. Its seed identifies the input.
struct Chance: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 ^ 0xD1B5_4A32_D192_ED03
    for _ in 0..<4 { _ = next() }
  }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }
  mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
  mutating func happens(_ one: Int, in many: Int) -> Bool { below(many) < one }
}

/// Changes small valid inputs into invalid ones.
enum Mutator {
  /// Numbers, as text, at which arithmetic often fails.
  static let numbers = [
    "0", "-1", "1", "-0", "9223372036854775807", "9223372036854775806", "-9223372036854775808", "9223372036854775808",
    "18446744073709551615",
    "1e19", "1e308", "-1e308", "1e999", "inf", "-inf", "nan", "0x7fffffffffffffff", "4294967296", "4294967295", "2147483648", "65536",
    "255",
    "0.1", ".5", "1.", "1_000", "99999999999999999999999999", "1:30", "59:59:59", "٣", "１", "",
  ]

  /// Changes some bytes, numbers, lines or pieces of a text, and inserts words of a dictionary.
  static func text(_ seed: [UInt8], _ words: [String], _ chance: inout Chance) -> [UInt8] {
    var bytes = seed
    for _ in 0...chance.below(6) {
      let at = chance.below(bytes.count + 1)
      switch chance.below(9) {
      case 0 where !bytes.isEmpty: bytes[min(at, bytes.count - 1)] = UInt8(truncatingIfNeeded: chance.next())
      case 1: bytes.insert(contentsOf: Array(chance.pick(words).utf8), at: at)
      case 2: bytes.insert(contentsOf: Array(chance.pick(numbers).utf8), at: at)
      case 3: bytes = replaceNumber(bytes, &chance)
      case 4: bytes.removeSubrange(at..<min(bytes.count, at + 1 + chance.below(12)))
      case 5: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + chance.below(60))], at: at)
      case 6:
        bytes.insert(contentsOf: repeatElement(bytes.isEmpty ? 97 : bytes[min(at, bytes.count - 1)], count: chance.below(3000)), at: at)
      case 7: bytes = Array(bytes.prefix(at))
      default: bytes.insert(UInt8(truncatingIfNeeded: chance.pick([0, 10, 13, 0x2F, 0x5C, 0x80, 0xC3, 0xED, 0xFF])), at: at)
      }
    }
    return bytes
  }

  /// Replaces one of the numbers in the text by one of `numbers`.
  private static func replaceNumber(_ bytes: [UInt8], _ chance: inout Chance) -> [UInt8] {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let starts = bytes.indices.filter { digits.contains(bytes[$0]) && ($0 == 0 || !digits.contains(bytes[$0 - 1])) }
    guard !starts.isEmpty else { return bytes }
    let start = chance.pick(starts)
    let end = bytes[start...].firstIndex { !digits.contains($0) } ?? bytes.count
    return Array(bytes[..<start]) + Array(chance.pick(numbers).utf8) + Array(bytes[end...])
  }

  /// Changes bytes of a binary format: single bytes, integers of 2, 4 and 8 bytes, and pieces.
  static func binary(_ seed: [UInt8], _ chance: inout Chance) -> [UInt8] {
    var bytes = seed
    let nasty: [UInt64] = [0, 1, 0xFF, 0xFFFF, 0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, .max, .max >> 1, 1 << 63, 0x0102_0304]
    for _ in 0...chance.below(5) where !bytes.isEmpty {
      let at = chance.below(bytes.count)
      switch chance.below(6) {
      case 0: bytes[at] = UInt8(truncatingIfNeeded: chance.next())
      case 1: bytes[at] ^= 1 << UInt8(chance.below(8))
      case 2, 3:
        let (number, size, isBig) = (chance.pick(nasty), chance.pick([2, 4, 8]), chance.happens(1, in: 3))
        for index in 0..<size where at + index < bytes.count {
          bytes[at + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * (isBig ? size - 1 - index : index)))
        }
      case 4: bytes.removeSubrange(at..<min(bytes.count, at + 1 + chance.below(64)))
      default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + chance.below(600))], at: chance.below(bytes.count))
      }
    }
    return bytes
  }
}
