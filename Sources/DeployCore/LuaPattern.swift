/// A Lua pattern, as in `param.string { match = … }`. Parameters are checked against such patterns before any recipe runs. A pattern
/// matches bytes as `string.find` does (Lua 5.4 manual, 6.4.1), anywhere in the string unless the pattern contains `^` and `$`.
package struct LuaPattern: Sendable, Hashable {
  let bytes: [UInt8]
  /// The largest number of steps of one search, which takes about a second. A search that needs more steps finds no match.
  static let mostSteps = 2_000_000
  /// The largest recursion depth of one search, as in Lua itself.
  static let mostDepth = 200
  /// The largest number of captures in one pattern, as in Lua itself.
  static let mostCaptures = 32

  /// Returns nil if the pattern is malformed. `flaw` says why.
  package init?(_ text: String) {
    guard LuaPattern.flaw(in: text) == nil else { return nil }
    bytes = Array(text.utf8)
  }

  /// Whether the pattern has to match the whole string: `^…$`.
  package var isAnchored: Bool {
    guard bytes.count > 1, bytes.first == UInt8(ascii: "^"), bytes.last == UInt8(ascii: "$") else { return false }
    // `%$` at the end is an escaped dollar sign.
    return bytes.dropLast().reversed().prefix { $0 == UInt8(ascii: "%") }.count % 2 == 0
  }

  /// Whether the pattern matches the string or a part of it.
  package func matches(_ text: String) -> Bool {
    let isTied = bytes.first == UInt8(ascii: "^")
    var search = LuaPatternSearch(Array(text.utf8), bytes)
    for start in 0...search.text.count {
      search.forget()
      if search.match(start, isTied ? 1 : 0) != nil { return true }
      if isTied || search.isExhausted { return false }
    }
    return false
  }

  /// Returns what is wrong with a pattern, or nil if nothing is wrong.
  package static func flaw(in text: String) -> String? {
    let pattern = Array(text.utf8)
    var (at, open, closed) = (0, [Int](), 0)
    while at < pattern.count {
      switch pattern[at] {
      case UInt8(ascii: "("):
        if open.count + closed >= mostCaptures { return "it has more than \(mostCaptures) captures" }
        open.append(at)
        at += 1
      case UInt8(ascii: ")"):
        guard open.popLast() != nil else { return "a ) has no (" }
        closed += 1
        at += 1
      case UInt8(ascii: "["):
        guard let end = endOfSet(pattern, at) else { return "a [ is not closed" }
        at = end
      case UInt8(ascii: "%"):
        guard at + 1 < pattern.count else { return "it ends with %" }
        switch pattern[at + 1] {
        case UInt8(ascii: "b"):
          guard at + 3 < pattern.count else { return "%b needs two characters" }
          at += 4
        case UInt8(ascii: "f"):
          guard at + 2 < pattern.count, pattern[at + 2] == UInt8(ascii: "["), let end = endOfSet(pattern, at + 2) else {
            return "%f needs a [set]"
          }
          at = end
        case let digit where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit):
          let number = Int(digit) - 48
          // Captures can close in any order, and a pattern can refer to a capture once it has closed.
          guard number >= 1, number <= open.count + closed, closed > 0 else { return "%\(number) names a capture that is not there" }
          at += 2
        default: at += 2
        }
      default: at += 1
      }
    }
    return open.isEmpty ? nil : "a ( is not closed"
  }

  /// Returns the index after the `]` of the set that begins at `at`, or nil if the set has no end.
  static func endOfSet(_ pattern: [UInt8], _ at: Int) -> Int? {
    var index = at + 1
    if index < pattern.count, pattern[index] == UInt8(ascii: "^") { index += 1 }
    var isFirst = true
    while index < pattern.count {
      if pattern[index] == UInt8(ascii: "]"), !isFirst { return index + 1 }
      if pattern[index] == UInt8(ascii: "%") { index += 1 }
      index += 1
      isFirst = false
    }
    return nil
  }

  /// A short string that matches the pattern, for use in rehearsals, or nil if no simple string was found.
  package var sample: String? {
    var (text, at): ([UInt8], Int) = ([], bytes.first == UInt8(ascii: "^") ? 1 : 0)
    while at < bytes.count {
      let byte = bytes[at]
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: ")") || (byte == UInt8(ascii: "$") && at == bytes.count - 1) {
        at += 1
        continue
      }
      let search = LuaPatternSearch([], bytes)
      guard let end = search.endOfClass(at) else { return nil }
      let after = end < bytes.count ? bytes[end] : 0
      let isOptional = after == UInt8(ascii: "*") || after == UInt8(ascii: "-") || after == UInt8(ascii: "?")
      if !isOptional, let one = (Array(UInt8(ascii: "0")...122) + Array(32..<48)).first(where: { search.fits($0, at, end) }) {
        text.append(one)
      }
      at = isOptional || after == UInt8(ascii: "+") ? end + 1 : end
    }
    let found = String(decoding: text, as: UTF8.self)
    return matches(found) ? found : nil
  }
}
