import DeployModel
import Glibc

/// Removes contents that no bundle needs. The caller holds the bundle lock exclusively.
extension Volumes {
  /// The largest size, in bytes, of a volume that is rewritten if any content is removed. A larger volume is rewritten only if at least a
  /// quarter of it is removed.
  private static let small = 64 << 20

  /// Removes contents that nobody needs. What remains of a rewritten volume goes into a new volume.
  /// - Returns: the number of removed contents, and their total size in bytes.
  func prune(keeping needed: Set<Digest>, _ blobs: BlobStore) throws(Failure) -> (count: Int, bytes: Int) {
    var gone = (count: 0, bytes: 0)
    var old: [VolumeList] = []
    let intake = ContentIntake(blobs)
    for name in Disk.ownNames(in: folder) where name.hasSuffix(VolumeList.suffix) {
      guard let list = VolumeList(at: path(of: name)) else { continue }
      let leaving = list.entries.filter { !needed.contains($0.digest) }
      let bytes = leaving.reduce(0) { $0 + $1.size }
      guard !leaving.isEmpty, list.bytes <= Self.small || bytes * 4 >= list.bytes else { continue }
      try intake.copy(list.entries.filter { needed.contains($0.digest) }, from: list.volume)
      old.append(list)
      gone = (gone.count + leaving.count, gone.bytes + bytes)
    }
    try intake.finish()
    for list in old { try Disk.remove(path(of: list.volume + VolumeList.suffix)) }
    try removeUnlisted()
    refresh()
    return gone
  }

  /// Removes volumes without a list. Either their build was killed before it wrote the list, or the list is gone.
  private func removeUnlisted() throws(Failure) {
    for name in Disk.ownNames(in: folder) where !name.hasSuffix(VolumeList.suffix) {
      if !Disk.exists(path(of: name + VolumeList.suffix)) { try Disk.remove(path(of: name)) }
    }
  }
}
