import DeployModel

/// Reads numbers in the byte order of zip files.
struct LittleEndian {
  var bytes: [UInt8]
  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
  func half(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
  func word(_ at: Int) -> Int { half(at) | half(at + 2) << 16 }
  /// Reads a number of eight bytes. Returns nil if the number is too large for any file.
  func long(_ at: Int) -> Int? { Int(exactly: UInt64(word(at)) | UInt64(word(at + 4)) << 32) }
}

/// The central directory of a zip file: the list of its entries, at the end of the file.
struct ZipDirectory {
  struct Entry {
    /// The name, with slashes between its parts.
    var name: [UInt8]
    /// The name as it is written in the archive.
    var written: [UInt8]
    /// The number of the system on which the entry was made: 0 is MS-DOS and Windows, 3 is Unix, 19 is OS X.
    var system: UInt8
    var flags: Int
    var method: Int
    var checksum: UInt
    var packed: Int
    var size: Int
    /// The offset of the entry's local header.
    var offset: Int
    /// The type bits of `st_mode`, or 0 if the entry was not made on Unix.
    var kind: Int
    var mode: Int?
  }
  private(set) var entries: [Entry] = []
  /// The offset of the list. All contents have to end before it.
  let start: Int

  init(_ file: OpenFile, limits: BundleLimits) throws(Failure) {
    let size = try file.status().size
    let tailStart = max(0, size - 65_557)
    let tail = LittleEndian(try file.read(at: tailStart, count: size - tailStart))
    guard let end = Self.findEnd(tail) else { throw Self.damaged("its list of contents is missing (is it cut off?)") }
    var count = tail.half(end + 10)
    var length = tail.word(end + 12)
    var start = tail.word(end + 16)
    if count == 0xFFFF || length == 0xFFFF_FFFF || start == 0xFFFF_FFFF {
      (count, length, start) = try Self.large(file, tail, end)
    }
    self.start = start
    guard count <= limits.items else {
      throw Failure(.invalid, "the zip archive has \(count) entries, more than the \(limits.items) a bundle may have")
    }
    guard start >= 0, length >= 0, length <= 1 << 28, start <= size - length else {
      throw Self.damaged("its list of contents lies outside of it")
    }
    let list = LittleEndian(try file.read(at: start, count: length))
    var at = 0
    for _ in 0..<count { entries.append(try Self.entry(list, &at)) }
  }

  private static func damaged(_ words: String) -> Failure {
    Failure(.corrupt, "the zip archive is damaged: \(words)", fix: "download or make it again")
  }

  private static func findEnd(_ tail: LittleEndian) -> Int? {
    guard tail.bytes.count >= 22 else { return nil }
    return stride(from: tail.bytes.count - 22, through: 0, by: -1).first { tail.word($0) == 0x0605_4B50 }
  }

  /// Reads the position of the list in a zip64 file.
  private static func large(_ file: OpenFile, _ tail: LittleEndian, _ end: Int) throws(Failure) -> (Int, Int, Int) {
    let size = try file.status().size
    guard end >= 20, tail.word(end - 20) == 0x0706_4B50, let offset = tail.long(end - 12), offset <= size else {
      throw damaged("its zip64 locator is missing")
    }
    let record = LittleEndian(try file.read(at: offset, count: 56))
    guard record.bytes.count == 56, record.word(0) == 0x0606_4B50, let count = record.long(32), let length = record.long(40),
      let start = record.long(48)
    else { throw damaged("its zip64 record is missing") }
    return (count, length, start)
  }

  private static func entry(_ list: LittleEndian, _ at: inout Int) throws(Failure) -> Entry {
    guard at + 46 <= list.bytes.count, list.word(at) == 0x0201_4B50 else { throw damaged("its list of contents ends early") }
    let nameLength = list.half(at + 28)
    let extraLength = list.half(at + 30)
    let nameStart = at + 46
    let next = nameStart + nameLength + extraLength + list.half(at + 32)
    guard next <= list.bytes.count else { throw damaged("its list of contents ends early") }
    let mode = list.word(at + 38) >> 16
    let system = list.bytes[at + 5]
    let isUnix = (system == 3 || system == 19) && mode != 0
    let written = Array(list.bytes[nameStart..<(nameStart + nameLength)])
    var entry = Entry(
      name: slashed(written, of: system), written: written, system: system, flags: list.half(at + 8), method: list.half(at + 10),
      checksum: UInt(list.word(at + 16)), packed: list.word(at + 20), size: list.word(at + 24), offset: list.word(at + 42),
      kind: isUnix ? mode & 0o170000 : 0, mode: isUnix ? mode & 0o7777 : nil)
    try enlarge(&entry, with: LittleEndian(list.bytes[(nameStart + nameLength)..<(nameStart + nameLength + extraLength)]))
    at = next
    return entry
  }

  /// Replaces backslashes with slashes, as `unzip` does: old programs for Windows write backslashes between folders. A name that contains a
  /// slash, or an entry from Unix, keeps its backslashes.
  private static func slashed(_ name: [UInt8], of system: UInt8) -> [UInt8] {
    guard system == 0, !name.contains(UInt8(ascii: "/")) else { return name }
    return name.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
  }

  /// Reads the sizes from the zip64 field if the usual fields are too small for them.
  private static func enlarge(_ entry: inout Entry, with extra: LittleEndian) throws(Failure) {
    var at = 0
    while at + 4 <= extra.bytes.count {
      let length = extra.half(at + 2)
      guard at + 4 + length <= extra.bytes.count else { return }
      if extra.half(at) == 1 {
        var field = at + 4
        func next() throws(Failure) -> Int {
          guard field + 8 <= at + 4 + length, let value = extra.long(field), value < 1 << 50 else { throw damaged("a size makes no sense") }
          field += 8
          return value
        }
        if entry.size == 0xFFFF_FFFF { entry.size = try next() }
        if entry.packed == 0xFFFF_FFFF { entry.packed = try next() }
        if entry.offset == 0xFFFF_FFFF { entry.offset = try next() }
      }
      at += 4 + length
    }
  }
}
