import DeployGround

/// One 512-byte header of a tar file: ustar, pax or GNU.
struct TarHeader {
  var name: [UInt8]
  var mode: Int
  var size: Int
  var type: UInt8
  var link: [UInt8]

  /// Reads a header. Returns nil if the block is not a header, because its checksum is wrong or a number is invalid.
  init?(_ block: [UInt8]) {
    guard block.count == TarBlocks.size, let checksum = Self.number(block[148..<156]) else { return nil }
    let sum = block.indices.reduce(0) { $0 + (148..<156 ~= $1 ? 32 : Int(block[$1])) }
    guard sum == checksum, let mode = Self.number(block[100..<108]), let size = Self.number(block[124..<136]), size >= 0 else { return nil }
    self.mode = mode & 0o7777
    self.size = size
    type = block[156]
    name = Self.text(block[0..<100])
    link = Self.text(block[157..<257])
    // In this field, POSIX archives store a prefix of the name, and GNU archives store times.
    if block[257..<263].elementsEqual("ustar\0".utf8) {
      let prefix = Self.text(block[345..<500])
      if !prefix.isEmpty { name = prefix + [UInt8(ascii: "/")] + name }
    }
  }

  private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

  /// Reads a number in octal digits or, for larger numbers, in GNU's binary form. Returns nil if it is invalid.
  static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if let first = field.first, first & 0x80 != 0 {
      guard first == 0x80, field.dropFirst().dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
      return field.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = field.drop { $0 == 0x20 || $0 == 0 }.prefix { $0 != 0x20 && $0 != 0 }
    guard digits.count <= 20, digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "7") ~= $0 }) else { return nil }
    return digits.reduce(0) { $0 << 3 | Int($1 - UInt8(ascii: "0")) }
  }

  /// Reads the records of a pax header, which follow each other as `LENGTH NAME=VALUE\n`. Returns nil if the bytes are not such records.
  static func records(_ bytes: [UInt8]) -> [(name: String, value: [UInt8])]? {
    var rest = bytes[...]
    var records: [(String, [UInt8])] = []
    while let first = rest.first, first != 0 {
      guard let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<space], as: UTF8.self)),
        length > space - rest.startIndex + 1, length <= rest.count, rest[rest.startIndex + length - 1] == 0x0A
      else { return nil }
      let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
      guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return nil }
      records.append((String(decoding: record[..<equals], as: UTF8.self), Array(record[(equals + 1)...])))
      rest = rest.dropFirst(length)
    }
    return records
  }
}
