/// One search for a pattern in a string, by backtracking, with limits on steps and depth.
struct LuaPatternSearch {
  let text: [UInt8]
  let pattern: [UInt8]
  private var captures: [(start: Int, length: Int?)] = []
  /// Marks a capture by `()`. Such a capture is a position: it has no length, and a pattern cannot refer to it.
  private static let position = -1
  private var steps = 0
  private var depth = 0

  init(_ text: [UInt8], _ pattern: [UInt8]) {
    self.text = text
    self.pattern = pattern
  }

  /// Whether the search reached a limit and therefore tries no further start positions.
  var isExhausted: Bool { steps > LuaPattern.mostSteps }

  mutating func forget() { captures = [] }

  /// Matches the pattern from index `p` on against the string from index `s` on. Returns the index where the match ends, or nil if there is
  /// none.
  mutating func match(_ s: Int, _ p: Int) -> Int? {
    guard depth < LuaPattern.mostDepth else {
      steps = LuaPattern.mostSteps + 1
      return nil
    }
    depth += 1
    defer { depth -= 1 }
    var (s, p) = (s, p)
    while p < pattern.count {
      steps += 1
      if isExhausted { return nil }
      switch pattern[p] {
      case UInt8(ascii: "("): return capture(s, p)
      case UInt8(ascii: ")"): return close(s, p)
      case UInt8(ascii: "$") where p + 1 == pattern.count: return s == text.count ? s : nil
      case UInt8(ascii: "%") where p + 1 < pattern.count && isSpecial(pattern[p + 1]):
        guard let (next, after) = special(s, p) else { return nil }
        (s, p) = (next, after)
        continue
      default: break
      }
      guard let end = endOfClass(p) else { return nil }
      let here = s < text.count && fits(text[s], p, end)
      switch end < pattern.count ? pattern[end] : 0 {
      case UInt8(ascii: "?"):
        if here, let found = match(s + 1, end + 1) { return found }
        p = end + 1
      case UInt8(ascii: "+"): return here ? most(s + 1, p, end) : nil
      case UInt8(ascii: "*"): return most(s, p, end)
      case UInt8(ascii: "-"): return least(s, p, end)
      default:
        guard here else { return nil }
        (s, p) = (s + 1, end)
      }
    }
    return s
  }

  private func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "b") || byte == UInt8(ascii: "f") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Matches `%b()`, `%f[set]` or `%1`, and returns the indices after the match in the string and in the pattern, or nil if there is no
  /// match.
  private mutating func special(_ s: Int, _ p: Int) -> (Int, Int)? {
    switch pattern[p + 1] {
    case UInt8(ascii: "b"):
      guard p + 3 < pattern.count, s < text.count, text[s] == pattern[p + 2] else { return nil }
      var level = 1
      for index in text.indices[(s + 1)...] {
        steps += 1
        if text[index] == pattern[p + 3] {
          level -= 1
          if level == 0 { return (index + 1, p + 4) }
        } else if text[index] == pattern[p + 2] {
          level += 1
        }
      }
      return nil
    case UInt8(ascii: "f"):
      guard let end = endOfClass(p + 2) else { return nil }
      let (before, after) = (s > 0 ? text[s - 1] : 0, s < text.count ? text[s] : 0)
      return !fits(before, p + 2, end) && fits(after, p + 2, end) ? (s, end) : nil
    default:
      let number = Int(pattern[p + 1]) - 49
      guard captures.indices.contains(number), let length = captures[number].length, length != Self.position else { return nil }
      steps += length
      guard text.count - s >= length, text[s..<(s + length)] == text[captures[number].start..<(captures[number].start + length)] else {
        return nil
      }
      return (s + length, p + 2)
    }
  }

  private mutating func capture(_ s: Int, _ p: Int) -> Int? {
    let isPosition = p + 1 < pattern.count && pattern[p + 1] == UInt8(ascii: ")")
    captures.append((s, isPosition ? Self.position : nil))
    if let end = match(s, isPosition ? p + 2 : p + 1) { return end }
    captures.removeLast()
    return nil
  }

  private mutating func close(_ s: Int, _ p: Int) -> Int? {
    guard let open = captures.lastIndex(where: { $0.length == nil }) else { return nil }
    captures[open].length = s - captures[open].start
    if let end = match(s, p + 1) { return end }
    captures[open].length = nil
    return nil
  }

  /// Matches a repeated class with as many repetitions as possible first, and then with fewer.
  private mutating func most(_ s: Int, _ p: Int, _ end: Int) -> Int? {
    var count = 0
    while s + count < text.count, fits(text[s + count], p, end) { count += 1 }
    steps += count
    while count >= 0 {
      if let found = match(s + count, end + 1) { return found }
      if isExhausted { return nil }
      count -= 1
    }
    return nil
  }

  /// Matches a repeated class with as few repetitions as possible first, and then with more.
  private mutating func least(_ s: Int, _ p: Int, _ end: Int) -> Int? {
    var s = s
    while true {
      if let found = match(s, end + 1) { return found }
      guard !isExhausted, s < text.count, fits(text[s], p, end) else { return nil }
      s += 1
    }
  }

  /// Returns the index after one class (a byte, `%a`, `.` or a set), or nil if the class is incomplete.
  func endOfClass(_ p: Int) -> Int? {
    guard p < pattern.count else { return nil }
    switch pattern[p] {
    case UInt8(ascii: "%"): return p + 1 < pattern.count ? p + 2 : nil
    case UInt8(ascii: "["): return LuaPattern.endOfSet(pattern, p)
    default: return p + 1
    }
  }

  /// Whether a byte belongs to the class at the pattern's indices `p` to `end`.
  func fits(_ byte: UInt8, _ p: Int, _ end: Int) -> Bool {
    switch pattern[p] {
    case UInt8(ascii: "."): true
    case UInt8(ascii: "%"): Self.isOf(byte, pattern[p + 1])
    case UInt8(ascii: "["): isInSet(byte, p, end - 1)
    default: pattern[p] == byte
    }
  }

  /// Whether a byte belongs to the set at `p`.
  /// - Parameter last: the index of the set's `]`.
  private func isInSet(_ byte: UInt8, _ p: Int, _ last: Int) -> Bool {
    var index = p + 1
    let isNegated = index < last && pattern[index] == UInt8(ascii: "^")
    if isNegated { index += 1 }
    while index < last {
      if pattern[index] == UInt8(ascii: "%"), index + 1 < last {
        if Self.isOf(byte, pattern[index + 1]) { return !isNegated }
        index += 2
      } else if index + 2 < last, pattern[index + 1] == UInt8(ascii: "-") {
        if pattern[index] <= byte, byte <= pattern[index + 2] { return !isNegated }
        index += 3
      } else {
        if pattern[index] == byte { return !isNegated }
        index += 1
      }
    }
    return isNegated
  }

  /// Whether a byte belongs to the class of this letter, in the C locale. A capital letter stands for the complement of its class, and a
  /// character that names no class stands for itself.
  private static func isOf(_ byte: UInt8, _ letter: UInt8) -> Bool {
    let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter)
    let isLetter = (65...90).contains(byte) || (97...122).contains(byte)
    let isDigit = (48...57).contains(byte)
    let found: Bool
    switch isUpper ? letter + 32 : letter {
    case UInt8(ascii: "a"): found = isLetter
    case UInt8(ascii: "c"): found = byte < 32 || byte == 127
    case UInt8(ascii: "d"): found = isDigit
    case UInt8(ascii: "g"): found = byte > 32 && byte < 127
    case UInt8(ascii: "l"): found = (97...122).contains(byte)
    case UInt8(ascii: "p"): found = byte > 32 && byte < 127 && !isLetter && !isDigit
    case UInt8(ascii: "s"): found = byte == 32 || (9...13).contains(byte)
    case UInt8(ascii: "u"): found = (65...90).contains(byte)
    case UInt8(ascii: "w"): found = isLetter || isDigit
    case UInt8(ascii: "x"): found = isDigit || (65...70).contains(byte) || (97...102).contains(byte)
    default: return letter == byte
    }
    return found != isUpper
  }
}
