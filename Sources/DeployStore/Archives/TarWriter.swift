import DeployGround
import DeployModel

/// Writes a manifest as a tar file that GNU tar and busybox unpack in the same way. It has GNU's format, owner 0 and time 0. Long names
/// have separate entries.
struct TarWriter {
  let manifest: Manifest
  let blobs: BlobStore

  func write(to sink: @escaping ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    for item in manifest.items {
      try sink(Self.head(of: item))
      guard let digest = item.digest else { continue }
      try blobs.stream(digest, size: item.size, into: sink)
      try sink([UInt8](repeating: 0, count: TarBlocks.padding(item.size)))
    }
    try sink(TarBlocks.end)
  }

  /// Returns the bytes before the content of an entry.
  static func head(of item: Manifest.Item) -> [UInt8] {
    var name = Array(item.path.utf8)
    if item.kind == .directory { name.append(UInt8(ascii: "/")) }
    let kind: TarBlocks.Kind =
      switch item.kind {
      case .directory: .folder
      case .link: .link
      case .file: .file
      }
    return TarBlocks.head(
      kind, name: name, mode: item.mode, size: item.kind == .file ? item.size : 0, target: Array((item.target ?? "").utf8))
  }
}
