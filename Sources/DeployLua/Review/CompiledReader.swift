import DeployModel

/// Reads the compiled form of Lua 5.4, but only as far as needed for the names of globals and for lines.
struct CompiledReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  private var found: [GlobalName] = []
  private var active: Set<Int> = []

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Returns the globals. Returns nil if the form belongs to another version of Lua, or uses numbers of another size.
  mutating func globals() -> [GlobalName]? { readAll() ? found : nil }

  /// Returns the lines on which code runs, in order, as `activelines` in Lua's own debug library does. The line with the `end` of a
  /// function does not count, because its code runs only if the function has not returned before. Returns nil if the form belongs to
  /// another version or uses numbers of another size.
  mutating func executableLines() -> [Int]? { readAll() ? active.sorted() : nil }

  private mutating func readAll() -> Bool {
    let start: [UInt8] = [0x1b, 0x4c, 0x75, 0x61, 0x54, 0, 0x19, 0x93, 0x0d, 0x0a, 0x1a, 0x0a, 4, 8, 8]
    guard bytes.count > 40, bytes.prefix(start.count).elementsEqual(start) else { return false }
    at = start.count + 8 + 8 + 1
    return function()
  }

  private mutating func byte() -> UInt8? {
    guard at < bytes.count else { return nil }
    at += 1
    return bytes[at - 1]
  }

  private mutating func int() -> Int? {
    var value = 0
    while let next = byte() {
      guard value < 1 << 40 else { return nil }
      value = value << 7 | Int(next & 0x7f)
      if next & 0x80 != 0 { return value }
    }
    return nil
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, bytes.count - at >= count else { return false }
    at += count
    return true
  }

  /// Reads a string, which is empty if it is omitted.
  private mutating func text() -> String? {
    guard let size = int() else { return nil }
    let start = at
    guard skip(max(0, size - 1)) else { return nil }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<at]), as: UTF8.self)
  }

  private mutating func function() -> Bool {
    guard text() != nil, let begin = int(), int() != nil, skip(3), let code = int() else { return false }
    let instructions = at
    guard skip(code * 4), let constants = constants(), let upvalues = int(), skip(upvalues * 3), let functions = int() else { return false }
    for _ in 0..<functions where !function() { return false }
    guard let lines = lines(from: begin), let locals = int() else { return false }
    for _ in 0..<locals { guard text() != nil, int() != nil, int() != nil else { return false } }
    guard let named = int() else { return false }
    var names: [String] = []
    for _ in 0..<named {
      guard let name = text() else { return false }
      names.append(name)
    }
    for index in 0..<code {
      let line = index < lines.count ? lines[index] : begin
      note(instructions + index * 4, constants, names, line: line)
      // Three instructions do not count: the first one, which takes the arguments of a main chunk; the last one, which is the return of
      // every function; and an instruction after a tail call, which never runs.
      let operation = bytes[instructions + index * 4] & 0x7f
      let isAfterTail = operation == 70 && index > 0 && bytes[instructions + index * 4 - 4] & 0x7f == 69
      if operation != 81, index < code - 1, !isAfterTail { active.insert(line) }
    }
    return true
  }

  /// Notes a global if the instruction reads one (`GETTABUP`) or writes one (`SETTABUP`).
  private mutating func note(_ place: Int, _ constants: [String?], _ upvalues: [String], line: Int) {
    let word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
    let a = Int(word >> 7 & 0xff)
    let b = Int(word >> 16 & 0xff)
    let c = Int(word >> 24 & 0xff)
    let isWritten = word & 0x7f == 15
    guard isWritten || word & 0x7f == 11 else { return }
    let table = isWritten ? a : b
    let key = isWritten ? b : c
    guard table < upvalues.count, upvalues[table] == "_ENV", key < constants.count, let name = constants[key] else { return }
    found.append(GlobalName(name: name, line: line, isWritten: isWritten))
  }

  private mutating func constants() -> [String?]? {
    guard let count = int() else { return nil }
    var list: [String?] = []
    for _ in 0..<count {
      guard let kind = byte() else { return nil }
      switch kind {
      case 0, 1, 17: list.append(nil)
      case 3, 19:
        guard skip(8) else { return nil }
        list.append(nil)
      case 4, 20:
        guard let text = text() else { return nil }
        list.append(text)
      default: return nil
      }
    }
    return list
  }

  /// Reads the line of each instruction.
  private mutating func lines(from begin: Int) -> [Int]? {
    guard let count = int() else { return nil }
    let start = at
    guard skip(count), let absolute = int() else { return nil }
    var places: [Int: Int] = [:]
    for _ in 0..<absolute {
      guard let place = int(), let line = int() else { return nil }
      places[place] = line
    }
    var line = begin
    return (0..<count).map { index in
      let step = Int8(bitPattern: bytes[start + index])
      line = step == -128 ? places[index] ?? line : line + Int(step)
      return line
    }
  }
}
