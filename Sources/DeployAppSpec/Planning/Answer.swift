/// The output of a program, to be read piece by piece.
struct Answer {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// Reads the text before the next NUL, or nil if there is no NUL.
  mutating func word() -> String? {
    guard let end = rest.firstIndex(of: 0) else { return nil }
    defer { rest = rest[(end + 1)...] }
    return String(decoding: rest[..<end], as: UTF8.self)
  }

  /// Reads the words before `end`, or nil if `end` is missing.
  mutating func words(until end: String) -> [String]? {
    var words: [String] = []
    while let word = word() {
      if word == end { return words }
      words.append(word)
    }
    return nil
  }

  /// Reads a size and then a file of that size. Returns nil if the file is incomplete.
  mutating func file() -> [UInt8]? {
    guard let size = word().flatMap({ Int($0) }), size >= 0, rest.count >= size else { return nil }
    defer { rest = rest.dropFirst(size) }
    return Array(rest.prefix(size))
  }
}
