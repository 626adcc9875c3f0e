/// Encodes Codable values as compact JSON: members in the order of their declaration, no white space, and whole numbers distinct from
/// fractions (`2` and `2.0`). We do not use Foundation's encoder, for two reasons. It is too slow for the journal of 10,000 hosts, which
/// has 400,000 entries. Also, the bytes are hashed, so equal values must give equal bytes in every version of the toolchain.
package enum CompactJSON {
  /// Encodes a value.
  /// - Throws: only what the value's own `encode` throws.
  package static func encode(_ value: some Encodable) throws -> [UInt8] {
    let writer = JSONWriter()
    try writer.write(value)
    return writer.bytes
  }

  /// Decodes a value.
  /// - Throws: `DecodingError`, including for text that is not JSON.
  package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
    let tape = try JSONTape(bytes)
    return try JSONReader(tape: tape, node: 0).decode(type)
  }
}

/// Writes in the order of the calls. A container is closed when the value that opened it returns, or when the container around it
/// continues. So code must fill containers one after the other, as all synthesized code does.
final class JSONWriter: Encoder {
  // The writer is used only inside one call of `CompactJSON.encode`, so no accesses overlap. A check of this at run time would take a fifth
  // of the time.
  @exclusivity(unchecked) var bytes: [UInt8] = []
  @exclusivity(unchecked) private var open: [Level] = []
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  private struct Level {
    var close: UInt8
    var isEmpty = true
  }

  init() { bytes.reserveCapacity(512) }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(JSONMembers<Key>(writer: self, depth: begin("{", "}")))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer { JSONElements(writer: self, depth: begin("[", "]")) }
  func singleValueContainer() -> any SingleValueEncodingContainer { JSONScalar(writer: self) }

  func write<T: Encodable>(_ value: T) throws {
    let depth = open.count
    try value.encode(to: self)
    close(to: depth)
  }

  /// Opens a container and returns its depth.
  func begin(_ opening: Unicode.Scalar, _ closing: Unicode.Scalar) -> Int {
    bytes.append(UInt8(ascii: opening))
    open.append(Level(close: UInt8(ascii: closing)))
    return open.count
  }

  func close(to depth: Int) {
    while open.count > depth { bytes.append(open.removeLast().close) }
  }

  /// Begins the next member or element of the container at `depth`.
  func next(at depth: Int) {
    close(to: depth)
    if open[depth - 1].isEmpty { open[depth - 1].isEmpty = false } else { bytes.append(UInt8(ascii: ",")) }
  }

  func member(_ key: some CodingKey, at depth: Int) {
    next(at: depth)
    text(key.stringValue)
    bytes.append(UInt8(ascii: ":"))
  }

  func null() { bytes.append(contentsOf: [0x6E, 0x75, 0x6C, 0x6C]) }
  func bool(_ value: Bool) { bytes.append(contentsOf: (value ? "true" : "false").utf8) }
  /// Writes a number. JSON has no form for numbers that are not finite: infinity is written as a number that is out of range, which reads
  /// back as infinity, and NaN is written as null.
  func number(_ value: Double) {
    if value.isNaN {
      null()
    } else if value.isInfinite {
      bytes.append(contentsOf: (value > 0 ? "1e999" : "-1e999").utf8)
    } else {
      bytes.append(contentsOf: value.description.utf8)
    }
  }
  func integer(_ value: some BinaryInteger) {
    guard var rest = Int(exactly: value), rest >= 0 else { return bytes.append(contentsOf: String(value).utf8) }
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }

  func text(_ value: String) {
    var value = value
    bytes.append(UInt8(ascii: "\""))
    value.withUTF8 { utf8 in
      var written = 0
      for index in 0..<utf8.count {
        let byte = utf8[index]
        guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[written..<index]))
        escape(byte)
        written = index + 1
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[written...]))
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private func escape(_ byte: UInt8) {
    let digits = Array("0123456789abcdef".utf8)
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
    case 0x0A: bytes.append(contentsOf: "\\n".utf8)
    case 0x0D: bytes.append(contentsOf: "\\r".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    default:
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(digits[Int(byte >> 4)])
      bytes.append(digits[Int(byte & 15)])
    }
  }
}
