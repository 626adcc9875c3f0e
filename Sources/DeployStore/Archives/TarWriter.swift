import DeployModel

/// Writes a manifest as a tar file that GNU tar and busybox unpack alike: GNU's form, owner 0, time 0, long names in entries of their
/// own.
struct TarWriter {
  let manifest: Manifest
  let blobs: BlobStore

  func write(to sink: @escaping ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    for item in manifest.items {
      try sink(Self.head(of: item))
      guard let digest = item.digest else { continue }
      try blobs.stream(digest, size: item.size, into: sink)
      try sink([UInt8](repeating: 0, count: Self.padding(item.size)))
    }
    try sink([UInt8](repeating: 0, count: Self.end))
  }

  /// Number of bytes after the last entry.
  static let end = 2 * TarHeader.block

  /// The bytes before the content of an entry.
  static func head(of item: Manifest.Item) -> [UInt8] {
    var name = Array(item.path.utf8)
    if item.kind == .directory { name.append(UInt8(ascii: "/")) }
    let target = Array((item.target ?? "").utf8)
    let type: Unicode.Scalar =
      switch item.kind {
      case .directory: "5"
      case .link: "2"
      case .file: "0"
      }
    return (target.count > 100 ? long(target, type: "K") : []) + (name.count > 100 ? long(name, type: "L") : [])
      + header(name: name, mode: item.mode, size: item.kind == .file ? item.size : 0, type: type, link: target)
  }

  /// Number of zeros after a content of this size.
  static func padding(_ size: Int) -> Int { (TarHeader.block - size % TarHeader.block) % TarHeader.block }

  private static func long(_ name: [UInt8], type: Unicode.Scalar) -> [UInt8] {
    let content = name + [0]
    return header(name: Array("././@LongLink".utf8), mode: 0, size: content.count, type: type, link: []) + content
      + [UInt8](repeating: 0, count: padding(content.count))
  }

  private static func header(name: [UInt8], mode: Int, size: Int, type: Unicode.Scalar, link: [UInt8]) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: TarHeader.block)
    func put(_ bytes: some Sequence<UInt8>, at start: Int) {
      for (offset, byte) in bytes.enumerated() { block[start + offset] = byte }
    }
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
      block[124] = 0x80
      put((0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * (7 - $0))) }, at: 128)
    }
    put(octal(0, digits: 11), at: 136)
    put(repeatElement(0x20, count: 8), at: 148)
    block[156] = UInt8(ascii: type)
    put(link.prefix(100), at: 157)
    put("ustar  ".utf8, at: 257)
    put(octal(block.reduce(0) { $0 + Int($1) }, digits: 6) + [0, 0x20], at: 148)
    return block
  }
}
