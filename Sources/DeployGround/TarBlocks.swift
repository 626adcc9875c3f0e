/// The parts of a tar file that surround the contents, in GNU's format, which GNU tar and busybox tar can read. The file has blocks of 512
/// bytes, separate entries for long names, and owner 0.
package enum TarBlocks {
  package enum Kind: UInt8, Sendable {
    case file = 0x30
    case link = 0x32
    case folder = 0x35
    fileprivate static let longTarget: UInt8 = 0x4B
    fileprivate static let longName: UInt8 = 0x4C
  }

  package static let size = 512
  /// The bytes after the last entry.
  package static let end = [UInt8](repeating: 0, count: 2 * size)

  /// Returns the bytes before the content of an entry.
  /// - Parameters:
  ///   - name: the path. The path of a folder ends in a slash.
  ///   - modified: the time of modification in seconds since 1970.
  package static func head(
    _ kind: Kind, name: [UInt8], mode: Int, size: Int = 0, modified: Int = 0, target: [UInt8] = []
  ) -> [UInt8] {
    (target.count > 100 ? long(target, Kind.longTarget) : []) + (name.count > 100 ? long(name, Kind.longName) : [])
      + block(name, mode: mode, size: size, modified: modified, kind: kind.rawValue, target: target)
  }

  /// Returns the number of zero bytes that follow content of this size.
  package static func padding(_ count: Int) -> Int { (size - count % size) % size }

  private static func long(_ name: [UInt8], _ kind: UInt8) -> [UInt8] {
    let content = name + [0]
    return block(Array("././@LongLink".utf8), mode: 0, size: content.count, modified: 0, kind: kind, target: []) + content
      + [UInt8](repeating: 0, count: padding(content.count))
  }

  private static func block(_ name: [UInt8], mode: Int, size: Int, modified: Int, kind: UInt8, target: [UInt8]) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: Self.size)
    func put(_ bytes: some Sequence<UInt8>, at start: Int) { for (offset, byte) in bytes.enumerated() { block[start + offset] = byte } }
    func octal(_ number: Int, digits: Int) -> [UInt8] {
      let text = Array(String(number, radix: 8).utf8)
      return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, digits - text.count)) + text
    }
    put(name.prefix(100), at: 0)
    put(octal(mode, digits: 7), at: 100)
    put(octal(0, digits: 7), at: 108)
    put(octal(0, digits: 7), at: 116)
    if size < 1 << 33 {
      put(octal(size, digits: 11), at: 124)
    } else {
      // Sizes of 8 GiB and more are written as a binary number.
      block[124] = 0x80
      put((0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * (7 - $0))) }, at: 128)
    }
    put(octal(max(0, modified), digits: 11), at: 136)
    put(repeatElement(0x20, count: 8), at: 148)
    block[156] = kind
    put(target.prefix(100), at: 157)
    put("ustar  ".utf8, at: 257)
    put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + [0, 0x20], at: 148)
    return block
  }
}
