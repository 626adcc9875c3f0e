package import DeployModel

/// Encodes values as bytes for Lua. `wire.c` describes the format.
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

  /// Begins a record. After this call, `put` has to be called with a name `count` times.
  mutating func begin(record count: Int) { putSize(7, count) }

  /// Appends a member to the record that was begun.
  mutating func put(_ name: String, _ value: Value) {
    put(name)
    put(value)
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
