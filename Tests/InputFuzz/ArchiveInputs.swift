import DeployModel
import DeployStore
import Foundation

/// Files that a user names as a bundle: tar, pax, GNU, gzip and zip, and files that only begin like one of these.
struct ArchiveInputs: InputKind {
  private let store: DirectoryBundleStore
  private let folder: String

  init() throws {
    folder = try Scratch.folder("archives")
    let limits = BundleLimits(items: 1000, bytes: 8 << 20, file: 4 << 20, ratio: 250, ratioFrom: 1 << 20)
    store = try DirectoryBundleStore(in: StateDirectory(folder + "/state"), limits: limits)
  }

  private static let tar: [UInt8] =
    entry("pax", "x", pax([("path", "dir/long"), ("size", "5"), ("GNU.x", "1")])) + entry("short", "0", "hello") + entry("dir", "5", "")
    + entry("link", "2", "", link: "dir/long") + entry("hard", "1", "", link: "dir/long") + entry("././@LongLink", "L", "dir/name\0")
    + entry("x", "0", "abc") + entry("g", "g", pax([("comment", "x")])) + entry(".git/x", "0", "y") + [UInt8](repeating: 0, count: 1024)

  /// The output of `tar -cf - a | gzip -n9` for a file with one letter.
  private static let gzip = bytes(
    "1f8b0800000000000203edd3b10e82301485e1ce3e054f00f7b6b4e8e0eee82b34cae0404800131edfea48224c9234fedf729b9c26ed1d4e595de37c69e3bd1dc62a"
      + "9a9f9024d4f56726cb29eaac51ef449b74f6d6884a6d832966b383e738c5217dc5fc272745373dbaf6accdc907ef1a772cad7dcfa0fe90d2b89adebea70619883"
      + "bbcb1d5ffd4fa45ffd5a6b8903dfb3ff4fdb4766f2b5f2e9789990a00000000000000000000000064ed05201ebe2f00280000")

  private static let zips: [[UInt8]] = [
    ZipText.bytes([("app/index.html", 3, "hello"), ("run.sh", 3, "#!/bin/sh"), ("dir/", 19, "")]),
    ZipText.bytes([("app\\index.html", 0, "hello"), ("dir\\", 0, "")]),
  ]

  func input(_ seed: UInt64) -> [UInt8] {
    var chance = Chance(seed)
    switch chance.below(6) {
    case 0, 1: return Self.checked(Mutator.binary(Self.tar, &chance), &chance)
    case 2:
      let size = chance.pick(Mutator.numbers)
      let name = chance.pick([".git", "a", "../x", "", "d/"])
      let type = chance.pick(["0", "7", "S", "5", "3", "x", "L", "Z"])
      return Self.entry("pax", "x", Self.pax([("size", size), (chance.pick(["path", "linkpath", "GNU.sparse.map"]), name)]))
        + Self.entry(name, type, "content", link: name, size: chance.pick([nil, size])) + [UInt8](repeating: 0, count: 1024)
    case 3: return Mutator.binary(Self.gzip, &chance)
    case 4: return Mutator.binary(chance.pick(Self.zips), &chance)
    default:
      return Mutator.text(
        chance.pick(Self.zips + [Self.tar]), ["PK\u{1}\u{2}", "PK\u{5}\u{6}", "PK\u{6}\u{7}", "ustar\0", "../", "\\"], &chance)
    }
  }

  func read(_ input: [UInt8], _ seed: UInt64) async throws {
    let file = "\(folder)/input-\(seed % 4)"
    try Data(input).write(to: URL(fileURLWithPath: file))
    do throws(Problems) {
      _ = try await store.build(Revision(source: .path(file)), in: folder) { _ throws(Failure) in throw Failure(.invalid, "runs nothing") }
    } catch {}
  }

  // MARK: tar

  private static func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count - 1, by: 2).map { at in
      let start = hex.index(hex.startIndex, offsetBy: at)
      return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16) ?? 0
    }
  }

  private static func pax(_ records: [(String, String)]) -> String {
    records.map { name, value in
      let rest = " \(name)=\(value)\n"
      let length = (1...9999).first { String($0).utf8.count + rest.utf8.count == $0 } ?? 0
      return "\(length)\(rest)"
    }.joined()
  }

  private static func entry(_ name: String, _ type: String, _ content: String, link: String = "", size: String? = nil) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, _ at: Int, _ limit: Int) {
      for (offset, byte) in text.utf8.prefix(limit).enumerated() { block[at + offset] = byte }
    }
    put(name, 0, 100)
    put("0000644", 100, 8)
    put(size ?? String(content.utf8.count, radix: 8), 124, 12)
    put(type, 156, 1)
    put(link, 157, 100)
    put("ustar\u{0}00", 257, 8)
    seal(&block, at: 0)
    let padding = [UInt8](repeating: 0, count: (512 - content.utf8.count % 512) % 512)
    return block + Array(content.utf8) + padding
  }

  private static func seal(_ bytes: inout [UInt8], at start: Int) {
    for index in 148..<156 { bytes[start + index] = 0x20 }
    let sum = String(bytes[start..<(start + 512)].reduce(0) { $0 + Int($1) }, radix: 8)
    for (offset, byte) in (String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\u{0}").utf8.enumerated() {
      bytes[start + 148 + offset] = byte
    }
  }

  /// Corrects the checksums of headers in three of four inputs, so that the reader does not refuse them too early.
  private static func checked(_ bytes: [UInt8], _ chance: inout Chance) -> [UInt8] {
    guard !chance.happens(1, in: 4) else { return bytes }
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start + 257] == UInt8(ascii: "u") { seal(&bytes, at: start) }
    return bytes
  }
}

/// Makes small zip files with uncompressed contents.
enum ZipText {
  static func bytes(_ entries: [(name: String, system: UInt8, content: String)]) -> [UInt8] {
    var (file, list): ([UInt8], [UInt8]) = ([], [])
    func half(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8 & 0xFF)] }
    func word(_ number: Int) -> [UInt8] { half(number) + half(number >> 16) }
    for entry in entries {
      let (name, content) = (Array(entry.name.utf8), Array(entry.content.utf8))
      let sizes = word(checksum(content)) + word(content.count) + word(content.count) + half(name.count)
      list += word(0x0201_4B50) + [20, entry.system] + half(20) + word(0) + word(0) + sizes + word(0) + word(0) + word(0o100755 << 16)
      list += word(file.count) + name
      file += word(0x0403_4B50) + half(20) + word(0) + word(0) + sizes + half(0) + name + content
    }
    let start = file.count
    return file + list + word(0x0605_4B50) + word(0) + half(entries.count) + half(entries.count) + word(list.count) + word(start) + half(0)
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
