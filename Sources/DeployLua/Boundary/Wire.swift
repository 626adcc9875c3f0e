package import DeployModel

/// Values as the bytes that cross into Lua and back; the format is in `wire.c`.
package struct WireWriter {
  package private(set) var bytes: [UInt8] = []
  package init() {}

  /// Appends one value.
  package mutating func put(_ value: Value) {
    switch value {
    case .null: bytes.append(0)
    case .bool(let truth): bytes.append(truth ? 2 : 1)
    case .int(let whole):
      bytes.append(3)
      putRaw(UInt64(bitPattern: Int64(whole)))
    case .number(let number):
      bytes.append(4)
      putRaw(number.bitPattern)
    case .text(let text): put(text)
    case .list(let list):
      putSize(6, list.count)
      for item in list { put(item) }
    case .record(let members):
      putSize(7, members.count)
      for member in members {
        put(member.name)
        put(member.value)
      }
    }
  }

  /// Appends a text.
  package mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      putSize(5, utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }

  private mutating func putSize(_ tag: UInt8, _ size: Int) {
    bytes.append(tag)
    withUnsafeBytes(of: UInt32(clamping: size).littleEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func putRaw(_ bits: UInt64) {
    withUnsafeBytes(of: bits.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// Reads what a task asked, returned or raised. Malformed bytes read as fewer values, never as a crash.
package struct WireReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0

  package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// All values up to the end.
  package static func values(_ bytes: UnsafeBufferPointer<UInt8>) -> [Value] {
    var reader = WireReader(bytes)
    var values: [Value] = []
    values.reserveCapacity(10)  // as many as a command has
    while let value = reader.next(depth: 0) { values.append(value) }
    return values
  }

  private mutating func next(depth: Int) -> Value? {
    guard depth < 64, at < bytes.count else { return nil }
    let tag = bytes[at]
    at += 1
    switch tag {
    case 0: return .null
    case 1: return .bool(false)
    case 2: return .bool(true)
    case 3: return raw().map { .int(Int(Int64(bitPattern: $0))) }
    case 4: return raw().map { .number(Double(bitPattern: $0)) }
    case 5: return text().map { .text($0) }
    case 6:
      guard let count = size() else { return nil }
      var list: [Value] = []
      list.reserveCapacity(min(count, 1024))  // a count is only a claim
      for _ in 0..<count {
        guard let value = next(depth: depth + 1) else { return nil }
        list.append(value)
      }
      return .list(list)
    case 7: return record(depth: depth)
    default: return nil
    }
  }

  private mutating func record(depth: Int) -> Value? {
    guard let count = size() else { return nil }
    var members: [(String, Value)] = []
    members.reserveCapacity(min(count, 1024))
    for _ in 0..<count {
      guard at < bytes.count, bytes[at] == 5 else { return nil }
      at += 1
      guard let name = text(), let value = next(depth: depth + 1) else { return nil }
      members.append((name, value))
    }
    return .record(of: members)
  }

  private mutating func size() -> Int? {
    guard bytes.count - at >= 4 else { return nil }
    let size = (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    at += 4
    return size <= bytes.count - at ? size : nil
  }

  private mutating func raw() -> UInt64? {
    guard bytes.count - at >= 8 else { return nil }
    let bits = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[at + $1]) << (8 * UInt64($1)) }
    at += 8
    return bits
  }

  private mutating func text() -> String? {
    guard let count = size() else { return nil }
    let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[at..<at + count]), as: UTF8.self)
    at += count
    return text
  }
}
