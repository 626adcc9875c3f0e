package import DeployModel

/// The text of a manifest in its canonical form. The SHA-256 of this text is the bundle's digest.
///
/// The first line is `lander manifest 1`. Each further line is an item, in the order of the paths' bytes: `directory 755 PATH`, `file 644
/// SIZE SHA256 PATH`, or `link TARGET PATH`. In paths and targets, `%XX` replaces `%`, the space, all bytes below the space, and byte 127.
extension Manifest {
  package static let firstLine = "lander manifest 1"

  package var text: String {
    var lines = Self.firstLine + "\n"
    for item in items {
      switch item.kind {
      case .directory: lines += "directory \(String(item.mode, radix: 8)) \(Self.coded(item.path))\n"
      case .file: lines += "file \(String(item.mode, radix: 8)) \(item.size) \(item.digest?.hex ?? "-") \(Self.coded(item.path))\n"
      case .link: lines += "link \(Self.coded(item.target ?? "")) \(Self.coded(item.path))\n"
      }
    }
    return lines
  }

  /// The bundle's digest.
  package var digest: Digest { Digest(of: text) }

  /// The number of files, without folders and links.
  package var files: Int { items.count { $0.kind == .file } }

  /// Reads the text.
  /// - Throws: `corrupt`, with the first line that does not belong in a manifest.
  package init(text: String) throws(Failure) {
    var lines = text.parts(at: "\n")[...]
    guard lines.popFirst().map(String.init) == Self.firstLine else {
      throw Failure(.corrupt, "this is no manifest: it does not begin with \"\(Self.firstLine)\"")
    }
    self.init(items: [])
    items.reserveCapacity(lines.count)
    for line in lines {
      guard let item = Self.item(line.parts(at: " ", keepingEmpty: true)) else {
        throw Failure(.corrupt, "line \(items.count + 2) of a manifest makes no sense: \(line.prefix(80))")
      }
      items.append(item)
    }
  }

  private static func item(_ words: [Substring]) -> Item? {
    switch (words.first, words.count) {
    case ("directory", 3):
      guard let mode = mode(words[1]), let path = plain(words[2]) else { return nil }
      return Item(path: path, kind: .directory, mode: mode)
    case ("file", 5):
      guard let mode = mode(words[1]), let size = Int(words[2]), size >= 0, words[3].utf8.count == 64, let path = plain(words[4]) else {
        return nil
      }
      return Item(path: path, kind: .file, mode: mode, size: size, digest: Digest(hex: String(words[3])))
    case ("link", 3):
      guard let target = plain(words[1]), let path = plain(words[2]) else { return nil }
      return Item(path: path, kind: .link, mode: 0o777, target: target)
    default: return nil
    }
  }

  private static func mode(_ word: Substring) -> Int? { Int(word, radix: 8).flatMap { (0...0o7777).contains($0) ? $0 : nil } }

  private static func mustBeCoded(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == UInt8(ascii: "%") || byte == 0x7F }

  private static func coded(_ text: String) -> String {
    guard text.utf8.contains(where: mustBeCoded) else { return text }
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if mustBeCoded(byte) {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(contentsOf: Hex.digits([byte], upper: true))
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func plain(_ text: Substring) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let coded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
      bytes.append(coded)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
