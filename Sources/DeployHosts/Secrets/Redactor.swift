/// Replaces secret values in a stream of bytes, also where a value is cut between two chunks.
/// A value is found as it is, in base64 and percent-encoded; what could still become one is held back until it is known.
struct Redactor {
  /// What is looked for, and what stands in its place.
  struct Pattern: Hashable {
    var bytes: [UInt8]
    var stand: [UInt8]
  }
  private let patterns: [Pattern]
  private var first = [Bool](repeating: false, count: 256)
  private let longest: Int
  private var held: [UInt8] = []

  init(_ patterns: [Pattern]) {
    // Of two that begin alike the longer is tried first.
    self.patterns = patterns.filter { !$0.bytes.isEmpty }.sorted { $0.bytes.count > $1.bytes.count }
    longest = self.patterns.first?.bytes.count ?? 0
    for pattern in self.patterns { first[Int(pattern.bytes[0])] = true }
  }

  /// Bytes that may go on.
  mutating func take(_ bytes: [UInt8]) -> [UInt8] {
    if longest == 0 { return bytes }
    held += bytes
    return release(all: false)
  }

  /// What was held back, at the end of the stream.
  mutating func finish() -> [UInt8] { release(all: true) }

  private mutating func release(all: Bool) -> [UInt8] {
    var clean: [UInt8] = []
    clean.reserveCapacity(held.count)
    var at = 0
    scan: while at < held.count {
      guard first[Int(held[at])] else {
        clean.append(held[at])
        at += 1
        continue
      }
      for pattern in patterns {
        let rest = held.count - at
        let common = min(rest, pattern.bytes.count)
        guard held[at..<(at + common)].elementsEqual(pattern.bytes[0..<common]) else { continue }
        if common == pattern.bytes.count {
          clean += pattern.stand
          at += common
          continue scan
        }
        // The chunk ends inside what may be a value.
        if !all { break scan }
      }
      clean.append(held[at])
      at += 1
    }
    held.removeSubrange(0..<at)
    return clean
  }

  /// A whole text at once.
  static func clean(_ bytes: [UInt8], _ patterns: [Pattern]) -> [UInt8] {
    var redactor = Redactor(patterns)
    return redactor.take(bytes) + redactor.finish()
  }

  /// The forms in which a value is looked for.
  static func patterns(name: String, value: String) -> [Pattern] {
    let stand = Array("<secret \(name)>".utf8)
    var forms: [[UInt8]] = []
    for text in [value, value.trimmed] where text.utf8.count >= Vault.shortest {
      let bytes = Array(text.utf8)
      forms += [bytes, Encoded.base64(bytes, url: false), Encoded.base64(bytes, url: true)]
      forms += [Encoded.percent(bytes, lower: false), Encoded.percent(bytes, lower: true)]
    }
    var seen: Set<[UInt8]> = []
    return forms.filter { seen.insert($0).inserted }.map { Pattern(bytes: $0, stand: stand) }
  }
}

extension String {
  /// Without white space at its ends.
  var trimmed: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop { $0.isWhitespace })
  }
}

/// Forms a value takes on its way through other programs.
enum Encoded {
  /// Without `=` at the end, so that it is found with and without.
  static func base64(_ bytes: [UInt8], url: Bool) -> [UInt8] {
    let digits = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + (url ? "-_" : "+/")).utf8)
    var text: [UInt8] = []
    var at = 0
    while at < bytes.count {
      let three = (0..<3).map { at + $0 < bytes.count ? Int(bytes[at + $0]) : 0 }
      let bits = three[0] << 16 | three[1] << 8 | three[2]
      for digit in 0..<min(4, bytes.count - at + 1) { text.append(digits[bits >> (18 - 6 * digit) & 63]) }
      at += 3
    }
    return text
  }
  static func percent(_ bytes: [UInt8], lower: Bool) -> [UInt8] {
    let digits = Array((lower ? "0123456789abcdef" : "0123456789ABCDEF").utf8)
    return bytes.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
        [byte]
      default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
  }
}
