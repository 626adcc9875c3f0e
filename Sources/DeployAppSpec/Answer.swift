/// What a program printed, read piece by piece.
struct Answer {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// What comes before the next NUL; nil if there is none.
  mutating func word() -> String? {
    guard let end = rest.firstIndex(of: 0) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  /// The words before one that ends them; nil if that one is not there.
  mutating func words(until end: String) -> [String]? {
    var words: [String] = []
    while let word = word() {
      if word == end { return words }
      words.append(word)
    }
    return nil
  }

  /// A file behind its size; nil if it is not all there.
  mutating func file() -> [UInt8]? {
    guard let size = word().flatMap({ Int($0) }), size >= 0, rest.count >= size else { return nil }
    defer { rest = rest.dropFirst(size) }
    return Array(rest.prefix(size))
  }
}
