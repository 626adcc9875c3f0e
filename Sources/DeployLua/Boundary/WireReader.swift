package import DeployModel

/// Reads what a task asked, returned or raised. Malformed bytes result in fewer values, never in a crash.
package struct WireReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0

  package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Returns all values up to the end of the bytes.
  package static func values(_ bytes: UnsafeBufferPointer<UInt8>) -> [Value] {
    var reader = WireReader(bytes)
    var values: [Value] = []
    values.reserveCapacity(10)  // the number of values in a command
    while let value = reader.next(depth: 0) { values.append(value) }
    return values
  }

  /// Returns the fields of a single record, in order, or nil if the bytes are something else.
  static func fields(_ bytes: UnsafeBufferPointer<UInt8>) -> [(name: String, value: Value)]? {
    guard bytes.first == 7 else { return nil }
    var reader = WireReader(bytes)
    reader.at = 1
    guard let fields = reader.members(depth: 0), reader.at == bytes.count else { return nil }
    return fields
  }

  private mutating func next(depth: Int) -> Value? {
    guard depth < 64, at < bytes.count else { return nil }
    let tag = bytes[at]
    at += 1
    switch tag {
    case 0: return .null
    case 1: return .bool(false)
    case 2: return .bool(true)
    case 3: return number(Int64.self).map { .int(Int($0)) }
    case 4: return number(UInt64.self).map { .number(Double(bitPattern: $0)) }
    case 5: return text().map { .text($0) }
    case 6:
      guard let count = size() else { return nil }
      var list: [Value] = []
      list.reserveCapacity(min(count, 1024))  // the count is only a claim
      for _ in 0..<count {
        guard let value = next(depth: depth + 1) else { return nil }
        list.append(value)
      }
      return .list(list)
    case 7: return members(depth: depth).map { .record(of: $0) }
    default: return nil
    }
  }

  private mutating func members(depth: Int) -> [(name: String, value: Value)]? {
    guard let count = size() else { return nil }
    var members: [(name: String, value: Value)] = []
    members.reserveCapacity(min(count, 1024))
    for _ in 0..<count {
      guard at < bytes.count, bytes[at] == 5 else { return nil }
      at += 1
      guard let name = text(), let value = next(depth: depth + 1) else { return nil }
      members.append((name, value))
    }
    return members
  }

  /// Reads the next bytes as a number, or nil if there are too few.
  private mutating func number<T: FixedWidthInteger>(_ type: T.Type) -> T? {
    let width = T.bitWidth / 8
    guard bytes.count - at >= width else { return nil }
    let number = T(littleEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: at, as: type))
    at += width
    return number
  }

  /// Reads how many bytes or elements follow, or nil if there cannot be that many.
  private mutating func size() -> Int? {
    guard let size = number(UInt32.self).map(Int.init), size <= bytes.count - at else { return nil }
    return size
  }

  private mutating func text() -> String? {
    guard let count = size(), let base = bytes.baseAddress else { return nil }
    let text = String(decoding: UnsafeBufferPointer(start: base + at, count: count), as: UTF8.self)
    at += count
    return text
  }
}
