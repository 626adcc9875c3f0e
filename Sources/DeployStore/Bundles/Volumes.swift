import DeployModel
import Glibc
import Synchronization

/// Stores the contents of many files in one file, because creating a file takes the file system some time. `volumes/NAME` has the contents
/// of one build, one after the other, and `volumes/NAME.list` says where each content begins. A volume without a list does not count. A
/// volume never changes.
final class Volumes: Sendable {
  /// The position of a content in a volume.
  struct Place: Equatable, Sendable {
    var volume: String
    var start: Int
    var size: Int
  }

  let folder: String
  private let known = Mutex(Known())

  private struct Known {
    var places: [Digest: Place] = [:]
    /// The lists that were read, each with the modification time and size of its file.
    var lists: [ExactText: Stamp] = [:]
    /// The volume that was read last. Neighbouring contents are usually needed one after the other.
    var open: (volume: String, file: OpenFile)?
  }

  private struct Stamp: Equatable {
    var modified: Timestamp
    var size: Int
  }

  init(folder: String) { self.folder = folder }

  func path(of volume: String) -> String { "\(folder)/\(volume)" }

  /// Returns where a content is, according to the lists that were read last, or nil if none of them has it.
  func place(of digest: Digest) -> Place? { known.withLock { $0.places[digest] } }

  /// Reads lists that are new or were changed, and forgets lists that are gone.
  func refresh() {
    let names = Disk.ownNames(in: folder).filter { $0.hasSuffix(VolumeList.suffix) }
    known.withLock { known in
      var lists: [ExactText: Stamp] = [:]
      for name in names {
        let volume = String(name.dropLast(VolumeList.suffix.count))
        guard let status = Disk.status(path(of: name)), Disk.exists(path(of: volume)) else { continue }
        lists[ExactText(name)] = Stamp(modified: status.modified, size: status.size)
      }
      guard lists != known.lists else { return }
      if !known.lists.allSatisfy({ lists[$0.key] == $0.value }) { known = Known() }
      for name in names where known.lists[ExactText(name)] == nil {
        guard let stamp = lists[ExactText(name)], let list = VolumeList(at: path(of: name)) else { continue }
        for entry in list.entries { known.places[entry.digest] = entry.place(in: list.volume) }
        known.lists[ExactText(name)] = stamp
      }
    }
  }

  /// Opens a volume.
  /// - Throws: an error if the volume cannot be opened, for example because it was pruned.
  func open(_ volume: String) throws(Failure) -> OpenFile {
    if let file = known.withLock({ $0.open?.volume == volume ? $0.open?.file : nil }) { return file }
    let file = try OpenFile(path(of: volume), O_RDONLY)
    known.withLock { $0.open = (volume, file) }
    return file
  }

  /// Removes a content from the list of its volume, so that the next build stores it again.
  func forget(_ digest: Digest) {
    guard let place = place(of: digest), var list = VolumeList(at: path(of: place.volume + VolumeList.suffix)) else { return }
    list.entries.removeAll { $0.digest == digest }
    try? list.write(in: folder)
    refresh()
  }
}
