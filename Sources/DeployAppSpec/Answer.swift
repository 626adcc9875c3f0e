/// A program's output, read piece by piece.
struct Answer {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The text before the next NUL; nil if there is none.
  mutating func word() -> String? {
    guard let end = rest.firstIndex(of: 0) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  /// The words before one that ends them; nil if that one is missing.
  mutating func words(until end: String) -> [String]? {
    var words: [String] = []
    while let word = word() {
      if word == end { return words }
      words.append(word)
    }
    return nil
  }

  /// A file after its size; nil if it is incomplete.
  mutating func file() -> [UInt8]? {
    guard let size = word().flatMap({ Int($0) }), size >= 0, rest.count >= size else { return nil }
    defer { rest = rest.dropFirst(size) }
    return Array(rest.prefix(size))
  }
}
