import DeployModel

/// The list of a volume. Each line has the digest of a content, the offset at which the content begins, and the content's size. Offset and
/// size are in bytes.
struct VolumeList {
  static let suffix = ".list"

  struct Entry {
    var digest: Digest
    var start: Int
    var size: Int

    func place(in volume: String) -> Volumes.Place { Volumes.Place(volume: volume, start: start, size: size) }
  }

  let volume: String
  var entries: [Entry]

  var bytes: Int { entries.reduce(0) { $0 + $1.size } }

  init(_ volume: String, _ entries: [Entry]) { (self.volume, self.entries) = (volume, entries) }

  /// Reads a list. An invalid line is skipped. Its content then counts as missing, and a build stores the content again.
  /// - Returns: nil if the file cannot be read.
  init?(at path: String) {
    guard let bytes = try? Disk.read(path), let name = path.split(separator: "/").last else { return nil }
    volume = String(name.dropLast(Self.suffix.count))
    entries = bytes.split(separator: UInt8(ascii: "\n")).compactMap(Entry.init(line:))
  }

  /// Writes the whole list in one step, so that a reader sees all of it or none.
  func write(in folder: String) throws(Failure) {
    var text: [UInt8] = []
    for entry in entries { text += "\(entry.digest.hex) \(entry.start) \(entry.size)\n".utf8 }
    try Disk.write(text, to: "\(folder)/\(volume)\(Self.suffix)")
  }
}

extension VolumeList.Entry {
  fileprivate init?(line: ArraySlice<UInt8>) {
    let words = line.split(separator: UInt8(ascii: " "))
    guard words.count == 3, words[0].count == 64, let start = Self.number(words[1]), let size = Self.number(words[2]) else { return nil }
    self.init(digest: Digest(hex: String(decoding: words[0], as: UTF8.self)), start: start, size: size)
  }

  /// Reads a number of at most 15 digits, so that a sum of two numbers cannot overflow. Returns nil if it is invalid.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...15).contains(digits.count) else { return nil }
    var number = 0
    for digit in digits {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
      number = number * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return number
  }
}
