import DeployCore
import DeployGround
import DeployModel
import Glibc

/// A bundle as a tar that is not stored: its bytes are made from the manifest and the contents whenever they are read. The manifest alone
/// decides which bytes they are, so the name is known without reading a content.
final class StoredTar: BundleTar {
  let size: Int
  let name: String
  private let manifest: Manifest
  private let blobs: BlobStore
  /// The offset at which each entry begins. The last element is the offset of the archive's end blocks.
  private let starts: [Int]

  /// The version of the form in which `TarWriter` writes. It changes whenever the same manifest gives other bytes.
  private static let form = 1

  init(of bundle: Digest, _ manifest: Manifest, _ blobs: BlobStore) {
    name = "bundle-\(Self.form)-\(bundle.hex)"
    self.manifest = manifest
    self.blobs = blobs
    var starts = [0]
    for item in manifest.items {
      let content = item.digest == nil ? 0 : item.size + TarBlocks.padding(item.size)
      starts.append(starts[starts.count - 1] + TarWriter.head(of: item).count + content)
    }
    self.starts = starts
    size = starts[starts.count - 1] + TarBlocks.end.count
  }

  func verify() throws(Failure) {
    for item in manifest.items {
      if let digest = item.digest { try blobs.stream(digest, size: item.size) { _ throws(Failure) in } }
    }
  }

  func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer) {
    var at = 0
    var entry = self.entry(at: start)
    while at < buffer.count {
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[at...])
      at += entry < manifest.items.count ? fill(room, from: start + at - starts[entry], of: entry) : Self.clear(room)
      while entry < manifest.items.count, start + at >= starts[entry + 1] { entry += 1 }
    }
  }

  /// Returns the last entry that begins at or before an offset.
  private func entry(at byte: Int) -> Int {
    var (low, high) = (0, starts.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= byte { low = middle } else { high = middle - 1 }
    }
    return low
  }

  /// Fills the beginning of `room` with the bytes of an entry, from an offset in the entry.
  /// - Returns: the number of bytes, at least one.
  private func fill(_ room: UnsafeMutableRawBufferPointer, from offset: Int, of entry: Int) -> Int {
    let item = manifest.items[entry]
    let head = TarWriter.head(of: item)
    if offset < head.count {
      let part = head[offset..<min(head.count, offset + room.count)]
      room.copyBytes(from: part)
      return part.count
    }
    let inside = offset - head.count
    guard let digest = item.digest, inside < item.size else {
      return Self.clear(UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, starts[entry + 1] - starts[entry] - offset)]))
    }
    let part = UnsafeMutableRawBufferPointer(rebasing: room[..<min(room.count, item.size - inside)])
    blobs.read(digest, from: inside, into: part)
    return part.count
  }

  private static func clear(_ room: UnsafeMutableRawBufferPointer) -> Int {
    room.initializeMemory(as: UInt8.self, repeating: 0)
    return room.count
  }
}
