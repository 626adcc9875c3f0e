import DeployModel

/// How much a folder would bring into a bundle, by names and sizes. It is counted before anything is copied.
struct FolderSize {
  /// Number of files, folders and links that no pattern leaves out.
  private(set) var items = 0
  /// Number of bytes of the files.
  private(set) var bytes = 0
  private let limits: BundleLimits

  /// Counts until a limit is exceeded.
  init(of root: String, without rules: IgnoreRules, limits: BundleLimits) {
    self.limits = limits
    var open: [(folder: String, parts: [[UInt8]])] = [(root, [])]
    while let (folder, parts) = open.popLast(), !isTooLarge {
      // The packing reports what cannot be read.
      for name in (try? Disk.names(in: folder)) ?? [] where !isTooLarge {
        guard let text = String(validating: name, as: UTF8.self), let status = Disk.status("\(folder)/\(text)") else { continue }
        let path = parts + [name]
        let isFolder = status.kind == .directory
        guard !rules.leavesOut(path[...], isFolder: isFolder) else { continue }
        items += 1
        if isFolder { open.append(("\(folder)/\(text)", path)) }
        // A single file that is too large is reported by name.
        if status.kind == .file, status.size <= limits.file { bytes += status.size }
      }
    }
  }

  private var isTooLarge: Bool { items > limits.items || bytes > limits.bytes }

  /// What is wrong with it; nil if it is within the limits.
  func problem(of path: String) -> Problem? {
    guard isTooLarge else { return nil }
    let what =
      items > limits.items ? "more than \(limits.items) files, folders and links" : "more than \(limits.bytes) bytes in its files"
    return Problem("the folder has \(what), which is the most that a bundle may have", subject: path, fix: Tree.smaller)
  }
}
