import DeployCore
import DeployModel

/// A file whose content differs from that of the same file in the older release.
struct ChangedFile {
  /// The smallest size of a file, in bytes, for which a delta is worth more than it costs.
  static let least = 1 << 20

  let item: Manifest.Item
  let old: Manifest.Item

  /// Returns nil if one of the files is small, or if the owner of the old file is not allowed to read it.
  init?(_ item: Manifest.Item, old: Manifest.Item) {
    guard item.size >= Self.least, old.size >= Self.least, old.mode & 0o400 != 0 else { return nil }
    (self.item, self.old) = (item, old)
  }
}

/// A changed file that a host makes from the same file of the older release and from new data.
struct FilePatch {
  let file: ChangedFile
  let delta: ContentDelta
  /// The number of bytes of new data.
  var dataCount: Int { delta.data.count }

  /// Whether everything that stays the same stays at the same place. If so, the host copies the old file and writes the data into the copy.
  private var isInPlace: Bool {
    var at = 0
    for piece in delta.pieces {
      if case .old(let offset, _) = piece, offset != at { return false }
      at += piece.count
    }
    return file.item.size == file.old.size
  }

  /// Returns the line that makes the file on the host. It is read in `l_stage`, whose fifth argument is the older release.
  /// - Parameter data: the name of the file with the data.
  func line(data: String) -> String {
    let isInPlace = isInPlace
    var words = ["l_patch \"$5\"", Quoting.word(file.item.path), data, isInPlace ? "copy" : "join"]
    var at = 0
    for piece in delta.pieces {
      switch piece {
      case .old(let offset, let count): words += isInPlace ? [] : ["old", "\(offset)", "\(at)", "\(count)"]
      case .new(let offset, let count): words += ["new", "\(offset)", "\(at)", "\(count)"]
      }
      at += piece.count
    }
    return words.joined(separator: " ") + "\n"
  }
}

extension StagingList {
  /// The lines that make files from those of an older release.
  var patchLines: String { patches.enumerated().map { $1.line(data: "data.\($0)") }.joined() }
  /// The data for each of these lines.
  var patchData: [(name: String, bytes: [UInt8])] { patches.enumerated().map { ("data.\($0)", $1.delta.data) } }
}

extension Hosts {
  /// Compares the files that have changed with their old contents, if this machine's store still has those.
  /// - Returns: the files of which so little has changed that it pays to send only that.
  func patches(of files: [ChangedFile]) async -> [FilePatch] {
    var budget = ContentDelta.Budget()
    var patches: [FilePatch] = []
    for file in files {
      guard let from = file.old.digest, let to = file.item.digest, let old = try? await store.parts(of: from, size: file.old.size),
        let new = try? await store.parts(of: to, size: file.item.size),
        let delta = ContentDelta(from: old, size: file.old.size, to: new, size: file.item.size, budget: &budget)
      else { continue }
      patches.append(FilePatch(file: file, delta: delta))
    }
    return patches
  }
}
