import DeployModel

/// Replaces secret values in a stream of bytes, even if a value is split between two chunks. Bytes that could be the beginning of a value
/// are held back until it is clear whether they are.
struct Redactor {
  /// Bytes to look for, and what replaces them.
  struct Pattern: Hashable, Sendable {
    var bytes: [UInt8]
    var stand: [UInt8]
    /// Whether the bytes are found even if there are line breaks between them. `base64` and `xxd` make such line breaks.
    var wraps = false
  }
  private var matcher: Matcher
  private var held: [UInt8] = []
  /// The number of values that were found so far.
  private(set) var hits = 0

  init(_ matcher: Matcher) { self.matcher = matcher }

  /// Takes bytes of the stream, and returns the bytes that can be passed on. From now on, this looks for the patterns of `matcher`, or for
  /// the same as before if `matcher` is nil.
  mutating func take(_ bytes: [UInt8], _ matcher: Matcher? = nil) -> [UInt8] {
    if let matcher { self.matcher = matcher }
    if self.matcher.isEmpty { return bytes }
    held += bytes
    return release(all: false)
  }

  /// Ends the stream. Returns the bytes that were held back.
  mutating func finish() -> [UInt8] { release(all: true) }

  private mutating func release(all: Bool) -> [UInt8] {
    var clean: [UInt8] = []
    clean.reserveCapacity(held.count)
    var at = 0
    var found = 0
    let matcher = matcher
    held.withUnsafeBufferPointer { bytes in
      while at < bytes.count {
        switch matcher.look(bytes, at, isEnd: all) {
        case .none: clean.append(bytes[at])
        case .value(let stand, let count):
          clean += stand
          at += count - 1
          found += 1
        case .perhaps: return
        }
        at += 1
      }
    }
    hits += found
    held.removeSubrange(0..<at)
    return clean
  }

  /// Replaces the values in a complete text.
  static func clean(_ bytes: [UInt8], _ matcher: Matcher) -> [UInt8] {
    var redactor = Redactor(matcher)
    return redactor.take(bytes) + redactor.finish()
  }

  /// Returns what to look for in order to find a value: the value itself, its forms in other programs, and each of its lines.
  static func patterns(name: String, value: String) -> [Pattern] {
    let stand = Array("<secret \(name)>".utf8)
    var seen: Set<[UInt8]> = []
    var patterns: [Pattern] = []
    func add(_ forms: [[UInt8]], wraps: Bool = false) {
      for form in forms where form.count >= Vault.shortest && seen.insert(form).inserted {
        patterns.append(Pattern(bytes: form, stand: stand, wraps: wraps))
      }
    }
    for text in [value, value.trimmed] where text.utf8.count >= Vault.shortest {
      let bytes = Array(text.utf8)
      add([bytes] + Encoded.percent(bytes) + Encoded.json(text) + Encoded.quoted(text) + Encoded.markup(text))
      add(Encoded.base64(bytes) + [Hex.digits(bytes, upper: false), Hex.digits(bytes, upper: true)], wraps: true)
    }
    let lines = value.split(whereSeparator: \.isNewline)
    guard lines.count > 1 else { return patterns }
    for line in lines.prefix(mostLines).map({ String($0).trimmed }) { add([Array(line.utf8)] + Encoded.json(line)) }
    return patterns
  }
  /// The number of lines of one value, counted from its beginning, that are searched for individually.
  private static let mostLines = 5000
}

extension Redactor {
  /// All patterns, grouped by their first two bytes. Because of this, a single comparison is enough at a position where no value begins.
  final class Matcher: Sendable {
    enum Found {
      case none
      case value(stand: [UInt8], count: Int)
      /// The bytes end inside something that could be a value, and more bytes could follow.
      case perhaps
    }
    private let patterns: [Pattern]
    private let first: [Bool]
    private let pairs: [UInt16: [Int]]
    var isEmpty: Bool { patterns.isEmpty }

    init(_ patterns: [Pattern]) {
      // If one pattern is the beginning of another, the longer one is tried first.
      self.patterns = patterns.filter { $0.bytes.count > 1 }.sorted { $0.bytes.count > $1.bytes.count }
      var first = [Bool](repeating: false, count: 256)
      var pairs: [UInt16: [Int]] = [:]
      for (number, pattern) in self.patterns.enumerated() {
        first[Int(pattern.bytes[0])] = true
        for second in pattern.wraps ? [pattern.bytes[1], 10, 13] : [pattern.bytes[1]] {
          pairs[UInt16(pattern.bytes[0]) << 8 | UInt16(second), default: []].append(number)
        }
      }
      (self.first, self.pairs) = (first, pairs)
    }

    /// - Parameter isEnd: true if these are the last bytes. In that case, a pattern that is longer than the remaining bytes cannot match,
    ///   but a shorter pattern might.
    func look(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, isEnd: Bool) -> Found {
      guard first[Int(bytes[at])] else { return .none }
      guard at + 1 < bytes.count else { return isEnd ? .none : .perhaps }
      for number in pairs[UInt16(bytes[at]) << 8 | UInt16(bytes[at + 1])] ?? [] {
        switch match(patterns[number], bytes, at) {
        case .none: continue
        case .perhaps: if !isEnd { return .perhaps }
        case .value(let stand, let count): return .value(stand: stand, count: count)
        }
      }
      return .none
    }

    private func match(_ pattern: Pattern, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Found {
      var at = start
      var breaks = 0
      for byte in pattern.bytes {
        // Between two bytes of a value, there can be at most a carriage return and a line feed.
        while pattern.wraps, at > start, at < bytes.count, bytes[at] == 10 || bytes[at] == 13, breaks < 2 {
          at += 1
          breaks += 1
        }
        guard at < bytes.count else { return .perhaps }
        guard bytes[at] == byte else { return .none }
        at += 1
        breaks = 0
      }
      return .value(stand: pattern.stand, count: at - start)
    }
  }
}

extension String {
  /// The text without white space at its ends.
  var trimmed: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop { $0.isWhitespace })
  }
}
