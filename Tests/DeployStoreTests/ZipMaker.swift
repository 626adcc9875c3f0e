import DeployStore
import Foundation

/// Makes a zip file byte by byte, with uncompressed contents.
struct ZipMaker {
  struct Entry {
    var name: String
    var content = "x"
    /// The number of the system that made the entry: 0 for Windows, 3 for Unix, 19 for OS X.
    var system: UInt8 = 3
    var mode = 0o100644
    /// The name in the local header before the content; nil: the entry's name.
    var local: String?
  }
  var entries: [Entry]
  /// The claimed offset of the zip64 record; nil: the file has none.
  var zip64: UInt64?

  var bytes: [UInt8] {
    var file: [UInt8] = []
    var list: [UInt8] = []
    func half(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8 & 0xFF)] }
    func word(_ number: Int) -> [UInt8] { half(number) + half(number >> 16) }
    for entry in entries {
      let content = Array(entry.content.utf8)
      let (name, local) = (Array(entry.name.utf8), Array((entry.local ?? entry.name).utf8))
      let sizes = word(Self.checksum(content)) + word(content.count) + word(content.count)
      list += word(0x0201_4B50) + [20, entry.system] + half(20) + half(0) + half(0) + word(0) + sizes + half(name.count) + word(0)
      list += half(0) + half(0) + word(entry.mode << 16) + word(file.count) + name
      file += word(0x0403_4B50) + half(20) + half(0) + half(0) + word(0) + sizes + half(local.count) + half(0) + local + content
    }
    let start = file.count
    file += list
    if let zip64 {
      file += word(0x0706_4B50) + word(0) + (0..<8).map { UInt8(truncatingIfNeeded: zip64 >> (8 * $0)) } + word(1)
    }
    let count = zip64 == nil ? entries.count : 0xFFFF
    return file + word(0x0605_4B50) + word(0) + half(count) + half(count) + word(list.count) + word(start) + half(0)
  }

  private static func checksum(_ bytes: [UInt8]) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return Int(sum ^ 0xFFFF_FFFF)
  }
}
