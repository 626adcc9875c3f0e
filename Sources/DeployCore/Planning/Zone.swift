/// The offsets of a time zone from UTC. Past offsets come from a table, and later ones from a rule.
package struct Zone: Sendable, Hashable {
  /// The changes of the offset, in order: the time in seconds since 1970, and the new offset in seconds.
  private var turns: [(at: Int, offset: Int)]
  /// The offset before the first change, in seconds east of Greenwich.
  private var first: Int
  /// The rule for times after the last change, or nil if the last offset stays in force.
  private var rule: ZoneRule?

  package static let utc = Zone(0)

  /// - Parameter offset: seconds east of Greenwich, without changes.
  init(_ offset: Int) { (turns, first, rule) = ([], offset, nil) }

  /// Reads a POSIX rule. Returns nil if the string is not a rule.
  init?(rule text: String) {
    guard let rule = ZoneRule(text) else { return nil }
    (turns, first, self.rule) = ([], rule.standard, rule)
  }

  /// Reads the name of a zone with a fixed offset: `UTC`, `Z`, `+01:00` or `-05:30`. Returns nil for any other name.
  package init?(fixed name: String) {
    if name == "UTC" || name == "Z" {
      self = .utc
      return
    }
    let bytes = Array(name.utf8)
    guard bytes.count == 6, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"), bytes[3] == UInt8(ascii: ":"),
      [1, 2, 4, 5].allSatisfy({ (0x30...0x39).contains(bytes[$0]) })
    else { return nil }
    func number(_ index: Int) -> Int { Int(bytes[index] - 0x30) * 10 + Int(bytes[index + 1] - 0x30) }
    guard number(1) <= 14, number(4) < 60 else { return nil }
    self.init((number(1) * 3600 + number(4) * 60) * (bytes[0] == UInt8(ascii: "-") ? -1 : 1))
  }

  /// Reads a file of the time zone database (TZif, RFC 8536). Returns nil if the bytes are not such a file.
  package init?(table bytes: [UInt8]) {
    guard let old = Header(bytes, at: 0) else { return nil }
    let isNew = bytes[4] >= UInt8(ascii: "2")
    guard let header = isNew ? Header(bytes, at: old.end(width: 4)) : old else { return nil }
    let width = isNew ? 8 : 4
    let end = header.end(width: width)
    guard end <= bytes.count, header.types > 0 else { return nil }
    let kinds = header.start + header.times * width
    let offsets = (0..<header.types).map { Header.number(bytes, kinds + header.times + $0 * 6, 4) }
    guard (0..<header.times).allSatisfy({ Int(bytes[kinds + $0]) < offsets.count }) else { return nil }
    turns = (0..<header.times).map { (Header.number(bytes, header.start + $0 * width, width), offsets[Int(bytes[kinds + $0])]) }
    first = offsets[0]
    guard isNew else { return }
    let text = bytes[end...].dropFirst().prefix { $0 != 10 }
    guard text.count <= 100 else { return nil }
    if !text.isEmpty {
      guard let rule = ZoneRule(String(decoding: text, as: UTF8.self)) else { return nil }
      self.rule = rule
    }
  }

  /// Returns the offset at a time, in seconds east of Greenwich.
  /// - Parameter moment: seconds since 1970, in UTC.
  package func offset(at moment: Int) -> Int {
    var (low, high) = (0, turns.count)
    while low < high {
      let middle = (low + high) / 2
      if turns[middle].at <= moment { low = middle + 1 } else { high = middle }
    }
    if low == turns.count, let rule { return rule.offset(at: moment) }
    return low == 0 ? first : turns[low - 1].offset
  }

  /// Returns the moment at which the zone's clocks show a local time. If the clocks show that time twice, the result is the second moment
  /// if `last` is true, and the first moment otherwise. If the clocks skip that time, the result is the moment of the skip.
  /// - Parameter local: seconds since 1970, as if the local time were UTC.
  func moment(of local: Int, last: Bool) -> Int {
    let (before, after) = (local - offset(at: local - 86_400), local - offset(at: local + 86_400))
    let shown = [before, after].filter { $0 + offset(at: $0) == local }
    if let moment = last ? shown.max() : shown.min() { return moment }
    var (low, high) = (min(before, after), max(before, after))
    let old = offset(at: low)
    while high - low > 1 {
      let middle = (low + high) / 2
      if offset(at: middle) == old { low = middle } else { high = middle }
    }
    return high
  }

  package static func == (a: Zone, b: Zone) -> Bool {
    a.first == b.first && a.rule == b.rule && a.turns.elementsEqual(b.turns) { $0.at == $1.at && $0.offset == $1.offset }
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(first) }
}

/// The numbers in the header of a TZif block.
private struct Header {
  var start: Int
  var times: Int
  var types: Int
  private var characters, leaps, standards, universals: Int

  init?(_ bytes: [UInt8], at place: Int) {
    guard place + 44 <= bytes.count, Array(bytes[place..<place + 4]) == Array("TZif".utf8) else { return nil }
    let numbers = (0..<6).map { Self.number(bytes, place + 20 + $0 * 4, 4) }
    guard numbers.allSatisfy({ (0...100_000).contains($0) }), numbers[4] <= 256 else { return nil }
    (universals, standards, leaps, times, types, characters) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
    start = place + 44
  }

  /// Returns the position of the first byte after the block.
  func end(width: Int) -> Int { start + times * (width + 1) + types * 6 + characters + leaps * (width + 4) + standards + universals }

  /// Returns the big-endian number of 4 or 8 bytes at an offset.
  static func number(_ bytes: [UInt8], _ place: Int, _ width: Int) -> Int {
    let bits = bytes[place..<place + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return width == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(Int64(bitPattern: bits))
  }
}
