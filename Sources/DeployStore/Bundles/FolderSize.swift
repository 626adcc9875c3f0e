import DeployModel

/// The number of entries and the number of bytes that a folder would add to a bundle, counted before anything is copied.
struct FolderSize {
  /// The number of files, folders and links. Entries that a pattern leaves out do not count.
  private(set) var items = 0
  /// The number of bytes of the files.
  private(set) var bytes = 0
  private let limits: BundleLimits

  /// Counts until a limit is exceeded.
  init(of root: String, without rules: IgnoreRules, limits: BundleLimits) {
    self.limits = limits
    var open: [(folder: String, parts: [[UInt8]])] = [(root, [])]
    while let (folder, parts) = open.popLast(), !isTooLarge {
      // Folders that cannot be read are reported when the folder is packed.
      for name in (try? Disk.names(in: folder)) ?? [] where !isTooLarge {
        guard let text = String(validating: name, as: UTF8.self), let status = Disk.status("\(folder)/\(text)") else { continue }
        let path = parts + [name]
        let isFolder = status.kind == .directory
        guard !rules.leavesOut(path[...], isFolder: isFolder) else { continue }
        items += 1
        if isFolder { open.append(("\(folder)/\(text)", path)) }
        // A file that is itself too large does not count here, because it is reported by name.
        if status.kind == .file, status.size <= limits.file { bytes += status.size }
      }
    }
  }

  private var isTooLarge: Bool { items > limits.items || bytes > limits.bytes }

  /// Returns what is wrong with the size, or nil if it is within the limits.
  func problem(of path: String) -> Problem? {
    guard isTooLarge else { return nil }
    let what =
      items > limits.items ? "more than \(limits.items) files, folders and links" : "more than \(limits.bytes) bytes in its files"
    return Problem("the folder has \(what), which is the most that a bundle may have", subject: path, fix: Tree.smaller)
  }
}
